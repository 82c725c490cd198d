/** A main module's memory, handed to another VM of the same package. */
import { describe, expect, test } from 'vitest'
import { boot, call, load } from './harness.ts'

/** Long enough to be worth an image. */
const BUSY = 'const table = []; for (let i = 0; i < 200_000; i++) table.push(i * i); let spin = 0; for (let i = 0; i < 2e6; i++) spin += i % 7;'
const MAIN = `${BUSY} let count = 0; export const square = (n) => table[n]; export const next = () => ++count; export const random = () => Math.random()`
const files = (source: string): ReadonlyMap<string, string> => new Map([['main.js', source]])

describe('an image of a loaded main module', () => {
  test('starts another VM where the first one stood after loading', async () => {
    const first = (await load(MAIN)).vm
    const image = first.takeImage()
    await call(first, 'next')
    const second = await boot()

    expect(image?.byteLength).toBeLessThan(8 * 2 ** 20)
    expect(second.loadImage(image ?? new ArrayBuffer(0), files(MAIN), 'main.js')).toBe(true)
    expect([await call(second, 'square', [199_999]), await call(second, 'next'), await call(first, 'next')]).toEqual([199_999 ** 2, 1, 2])
    expect(await call(second, 'random')).not.toBe(await call(first, 'random'))
  })

  test('resets go back to it', async () => {
    const image = (await load(MAIN)).vm.takeImage() ?? new ArrayBuffer(0)
    const vm = await boot()
    vm.loadImage(image, files(MAIN), 'main.js')
    vm.snapshot()
    await call(vm, 'next')

    expect(vm.reset()).toBe(true)
    expect(await call(vm, 'next')).toBe(1)
  })

  test.each([
    ['reads the clock', 'Date.now()'], ['makes a date', 'new Date()'], ['draws a random number', 'Math.random()'],
    ['draws random bytes', 'crypto.randomUUID()'], ['measures', 'performance.now()'], ['logs', 'console.log(1)'], ['starts a timer', 'setTimeout(() => {}, 1e6)'],
    ['asks for something', 'glovebox.storage.get("a")'],
  ])('is not taken when the main module %s', async (_name, code) => {
    const { vm } = await load(`${BUSY} ${code}; export const square = (n) => table[n]`)

    expect(vm.takeImage()).toBeUndefined()
    expect(await call(vm, 'square', [3])).toBe(9)
  })

  test.each([
    ['draws a random number', 'kept = Math.random()'], ['draws random bytes', 'kept = crypto.randomUUID()'], ['starts a timer', 'setTimeout(() => {}, 1e6)'],
    ['asks for something', 'glovebox.storage.get("a")'], ['leaves a rejection', 'Promise.reject(new Error("x"))'],
  ])('is not taken when a job that the main module left %s', async (_name, code) => {
    const later = `let kept; (async () => { for (let i = 0; i < 50; i++) await null; ${code} })()`
    const { vm, error } = await load(`${BUSY} ${later}; export const square = (n) => table[n]`)

    expect([error, vm.takeImage()]).toEqual([undefined, undefined])
    expect(await call(vm, 'square', [3])).toBe(9)
  })

  test.each([0, 20_000, 50_000, 100_000, 150_000])('holds nothing of what was freed, wherever that lies (%s elements before it)', async (before) => {
    const code = `const first = []; for (let i = 0; i < ${before}; i++) first.push(i * i); const kept = new Uint8Array(100).fill(7)
      { const dropped = []; for (let i = 0; i < 300_000; i++) dropped.push(i * 1.5) } export const size = () => first.length + kept.length`
    const image = (await load(code)).vm.takeImage()

    expect((image?.byteLength ?? Infinity) - before * 12).toBeLessThan(2.6 * 2 ** 20)
  })

  test('is not taken of more than the page would keep', async () => {
    const { vm } = await load(`${BUSY} const bytes = new Uint8Array(2 ** 23).fill(1); export const size = () => bytes.length`)

    expect(vm.takeImage()).toBeUndefined()
    expect(await call(vm, 'size')).toBe(2 ** 23)
  })

  test.each([
    ['empty', (_image: ArrayBuffer) => new ArrayBuffer(0)],
    ['short', (image: ArrayBuffer) => image.slice(0, image.byteLength - 4)],
    ['of another mark', (image: ArrayBuffer) => changed(image, 0, 1)],
    ['of a memory beyond the limit', (image: ArrayBuffer) => changed(image, 1, 2 ** 31)],
    ['with more runs than bytes', (image: ArrayBuffer) => changed(image, 2, 2 ** 28)],
    ['with a run outside', (image: ArrayBuffer) => changed(image, 3, 2 ** 30)],
    ['with a run in the middle of a block', (image: ArrayBuffer) => changed(image, 3, 5)],
  ])('that is %s is refused, and the module runs instead', async (_name, spoil) => {
    const image = (await load(MAIN)).vm.takeImage() ?? new ArrayBuffer(0)
    const vm = await boot()

    expect(vm.loadImage(spoil(image), files(MAIN), 'main.js')).toBe(false)
    expect(await vm.load(files(MAIN), 'main.js')).toBeUndefined()
    expect(await call(vm, 'square', [4])).toBe(16)
  })
})

function changed(image: ArrayBuffer, word: number, value: number): ArrayBuffer {
  const copy = image.slice(0)
  new Uint32Array(copy, 0, word + 1)[word] = value
  return copy
}
