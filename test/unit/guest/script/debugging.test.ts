/** Stacks and log lines of the guest's with the places and calls they belong to, in the real VM. */
import { describe, expect, test } from 'vitest'
import { encodeValue } from '../../../../src/wire/value.ts'
import { call, load, ok } from './harness.ts'

/** main.js:1 is main.ts:101. */
const MAPS = { 'main.js.map': JSON.stringify({ version: 3, sources: ['src/main.ts'], names: [], mappings: 'AAoGA;AACA;AACA;AACA;AACA;AACA' }) }

describe('a source map', () => {
  test('maps what a call, a timer and the main module threw', async () => {
    const { vm, outward } = await load(`export const f = () => { throw new Error('f') }
      export const g = () => { setTimeout(() => { throw new Error('g') }) ; return new Promise((r) => setTimeout(r, 5)) }`, { maps: MAPS })

    expect(await call(vm, 'f')).toMatchObject({ error: { stack: '    at f (src/main.ts:101:1)' } })
    await call(vm, 'g')
    expect(outward.logged).toMatchObject([{ level: 'error', text: 'Uncaught Error: g\n    at <anonymous> (src/main.ts:102:1)', position: { file: 'src/main.ts', line: 102 } }])

    const { error } = await load('\n\nnull.x', { maps: MAPS })
    expect(error?.stack).toBe('    at <anonymous> (src/main.ts:103:1)')
  })

  test('maps console.trace, errors and stacks that the console prints', async () => {
    const { vm, outward } = await load(`export const f = () => {
      console.trace('t')
      console.error(new TypeError('e'))
      console.log('at ' + new Error('l').stack)
    }`, { maps: MAPS })

    await call(vm, 'f')

    expect(outward.logged.map(({ text }) => text)).toEqual([
      'Trace: t\n    at f (src/main.ts:102:1)',
      'TypeError: e\n    at f (src/main.ts:103:1)',
      'at     at f (src/main.ts:104:1)',
    ])
  })

  test('maps the place of a syntax error', async () => {
    const { vm } = await load('')
    const maps = new Map(Object.entries(MAPS).map(([path, text]) => [path, new TextEncoder().encode(text)]))

    expect(vm.check(new Map([['main.js', '\nexport const = 1']]), 'main.js', maps)).toMatchObject({ code: 'syntax-error', file: 'src/main.ts', line: 102 })
    expect(vm.check(new Map([['main.js', '\n\nimport "./x.js"']]), 'main.js', maps)).toMatchObject({ code: 'import-unresolved', file: 'src/main.ts', line: 103 })
  })
})

test('TypeScript that was not packed is refused with the way out', async () => {
  const { vm } = await load('')

  expect(vm.check(new Map([['main.ts', 'export const f = (x: number) => x']]), 'main.ts')).toMatchObject({
    code: 'syntax-error', file: 'main.ts', line: 1, message: expect.stringContaining('glovebox pack'),
  })
  expect(vm.check(new Map([['main.ts', 'import { x } from "./x.ts"; export const f = (y) => x'], ['x.ts', 'export const x = 1']]), 'main.ts')).toBe(undefined)
})

describe('a log line', () => {
  test('has the place of the call of console', async () => {
    const { vm, outward } = await load(`
      const inner = () => { console.warn('a') }
      export const f = () => {
        inner(); console.group('b'); console.count()
        console.assert(false)
      }`)

    await call(vm, 'f')

    expect(outward.logged.map(({ position }) => position)).toEqual([
      { file: 'main.js', line: 2, column: 41 }, { file: 'main.js', line: 4, column: 31 }, { file: 'main.js', line: 4, column: 51 },
      { file: 'main.js', line: 5, column: 23 },
    ])
  })

  test('has the call that it was logged for, also after a wait', async () => {
    const { vm, outward } = await load(`console.log('start')
      export const f = async (name) => {
        console.log(name, 'sync')
        await null
        console.log(name, 'job')
        await new Promise((r) => setTimeout(r, name === 'a' ? 10 : 5))
        console.log(name, 'timer')
        await glovebox.storage.get('k').catch(() => {})
        console.log(name, 'capability')
        await crypto.subtle.digest('SHA-256', new Uint8Array(name === 'a' ? 2e5 : 1))
        console.log(name, 'delegate')
        setTimeout(() => console.log(name, 'late'), 20)
      }`)
    outward.answer = () => new Promise((resolve) => setTimeout(() => resolve(ok(null)), 5))

    await Promise.all([vm.call('f', encodeValue(['a']), 1000, 11), vm.call('f', encodeValue(['b']), 1000, 12)])
    await new Promise((resolve) => setTimeout(resolve, 60))

    const lines = outward.logged.map(({ text, call: id }) => `${text} ${id}`)
    expect(lines[0]).toBe('start undefined')
    expect(lines.slice(1).sort()).toEqual(['capability', 'delegate', 'job', 'late', 'sync', 'timer'].flatMap((step) => [`a ${step} 11`, `b ${step} 12`]).sort())
  })

  test('of an interval belongs to the call that started it, every time', async () => {
    const { vm, outward } = await load(`export const f = () => new Promise((resolve) => {
      let n = 0
      const id = setInterval(() => { console.log("tick"); if (++n === 3) { clearInterval(id); resolve() } }, 1)
    })`)

    await vm.call('f', encodeValue([]), 20_000, 5)

    expect(outward.logged.map(({ call: id }) => id)).toEqual([5, 5, 5])
  })

  test('that is dropped tells the next one to spare its stack', async () => {
    const { vm, outward } = await load('export const f = () => { for (let n = 0; n < 4; n++) console.log(n) }')
    const { log } = outward
    let count = 0
    outward.log = (...line) => {
      log.apply(outward, line)
      return ++count !== 2
    }

    await call(vm, 'f')

    expect(outward.logged.map(({ position }) => position?.line)).toEqual([1, 1, undefined, 1])
  })

  test('has no place, and harms nobody, when the guest spoils what it is made from', async () => {
    const { vm, outward } = await load(`
      globalThis.Error = class { get stack() { throw 2 } }
      export const f = () => console.log('still')`)

    await call(vm, 'f')

    expect(outward.logged).toMatchObject([{ text: 'still' }])
    expect(vm.state).toBe('loaded')
  })
})
