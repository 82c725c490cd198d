import { expect, test } from 'vitest'
import { call, load } from './harness.ts'

const HUNGRY = `
export function strings() { const all = []; for (;;) all.push('abc'.repeat(1e5) + all.length) }
export function objects() { const all = []; for (let i = 0; ; i++) all.push({ i, a: [i] }) }
export function bytes() { const all = []; for (;;) all.push(new Uint8Array(2 ** 20)) }
export function caught() { const all = []; try { for (;;) all.push(new Uint8Array(2 ** 20)) } catch (error) { return error.message } }
export const alive = () => new Uint8Array(1000).length
`

test.each(['strings', 'objects', 'bytes'])('memory eaten by %s ends as an error and the VM lives', async (name) => {
  const { vm } = await load(HUNGRY)

  expect(await call(vm, name, [], 20_000)).toMatchObject({ error: { name: 'GloveboxVerdict', code: 'memory-exceeded' } })

  expect(await call(vm, 'alive')).toBe(1000)
  expect(vm.stats().memoryBytes).toBeLessThanOrEqual(32 * 2 ** 20)
})

test('a guest can catch running out of memory', async () => {
  const { vm } = await load(HUNGRY)

  expect(await call(vm, 'caught', [], 20_000)).toBe('out of memory')
  expect(await call(vm, 'alive')).toBe(1000)
})

test('arguments for which there is no room are an error of that call only', async () => {
  const { vm } = await load('let keep = []; export function fill() { try { for (;;) keep.push(new Uint8Array(2 ** 16)) } catch {} } export const f = (x) => x.length; export const free = () => { keep = [] }')
  await call(vm, 'fill', [], 20_000)

  const result = await call(vm, 'f', [new Uint8Array(900_000)])

  expect(result).toMatchObject({ error: { code: 'memory-exceeded' } })
  if (vm.state === 'loaded') {
    await call(vm, 'free')
    expect(await call(vm, 'f', [new Uint8Array(900_000)])).toBe(900_000)
  }
})

test.each(['lengthOf', 'echo', 'echoLater'])('buffers that crossed do not pile up: %s', async (name) => {
  const { vm } = await load('export const lengthOf = (b) => b.length; export const echo = (b) => b; export const echoLater = async (b) => b')

  for (let round = 0; round < 60; round++) {
    const result = await call(vm, name, [new Uint8Array(900_000)])
    expect(result instanceof Uint8Array ? result.length : result).toBe(900_000)
  }

  expect(vm.stats().memoryBytes).toBeLessThan(12 * 2 ** 20)
})

test.each([
  ['a loop', 'for (;;) {}'],
  ['a loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }'],
  ['a promise job flood', 'const next = () => Promise.resolve().then(next); next(); return new Promise(() => {})'],
  ['await in a loop', 'return (async () => { for (;;) await null })()'],
  ['a catastrophic regular expression', 'return /(a*)*b/.test("a".repeat(40))'],
  ['a getter of the result that loops', 'return { get x() { for (;;) {} } }'],
  ['a thenable that loops', 'return { then() { for (;;) {} } }'],
  ['an error whose getter loops', 'throw { get message() { for (;;) {} } }'],
])('%s is interrupted at the call\'s deadline, and the VM is dead', async (_name, body) => {
  const { vm, outward } = await load(`export function spin() { ${body} } export const f = () => 1`)
  const start = performance.now()

  const [result, other] = await Promise.all([call(vm, 'spin', [], 100), call(vm, 'f', [], 50)])

  expect(result).toMatchObject({ error: { name: 'GloveboxVerdict', code: 'deadline-exceeded' } })
  expect(performance.now() - start).toBeLessThan(3000)
  expect(vm.state).toBe('dead')
  expect(outward.verdicts).toMatchObject([{ code: 'deadline-exceeded' }])
  expect(other).toMatchObject({ error: { name: 'GloveboxVerdict' } })
  expect(await call(vm, 'f')).toMatchObject({ error: { code: 'crashed' } })
  expect(vm.reset()).toBe(false)
})

test('a loop in a timer outside calls ends at turnMs as turn-exceeded', async () => {
  const { vm, outward } = await load('export const f = () => { setTimeout(() => { for (;;) {} }, 0) }', { limits: { turnMs: 50 } })
  await call(vm, 'f')

  await expect.poll(() => outward.verdicts).toMatchObject([{ name: 'GloveboxVerdict', code: 'turn-exceeded' }])

  expect(vm.state).toBe('dead')
})

test('a loop while loading ends at startMs', async () => {
  const { vm, error } = await load('for (;;) {}', { limits: { startMs: 50 } })

  expect(error).toMatchObject({ name: 'GloveboxVerdict', code: 'deadline-exceeded' })
  expect(vm.state).toBe('dead')
})

test('deadlines in flight can be moved', async () => {
  const { vm } = await load('export const f = async () => { await new Promise((r) => setTimeout(r, 30)); const end = Date.now() + 60; while (Date.now() < end); return 1 }')
  const pending = call(vm, 'f', [], 50)

  vm.extendDeadlines(1000)

  expect(await pending).toBe(1)
})

test('nesting in source text that overflows the engine itself is the VM\'s death, not the worker\'s', async () => {
  const { vm, outward } = await load('export const f = () => eval("[x=>".repeat(1e5)); export const g = () => 1')

  const result = await call(vm, 'f')

  expect(result).toMatchObject({ error: { name: 'GloveboxVerdict', code: 'crashed' } })
  expect(vm.state).toBe('dead')
  expect(outward.verdicts).toHaveLength(1)
})

test('check survives such source as a problem', async () => {
  const { vm } = await load('export {}')

  expect(vm.check(new Map([['main.js', '[x=>'.repeat(1e5)]]), 'main.js')).toMatchObject({ code: 'syntax-error' })
})

test('an exception in a finalization callback is logged and harms nothing', async () => {
  const { vm } = await load('const r = new FinalizationRegistry(() => { throw new Error("late") }); export const f = () => { r.register({}, 1) }; export const g = () => 1')

  await call(vm, 'f')

  expect(await call(vm, 'g')).toBe(1)
})

test('a call that waits past its deadline may still answer: the page decides, whose clock stands still at prompts', async () => {
  const { vm } = await load(`
    export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms, 'late') })
    export const alive = () => 1
    export const loop = (ms) => new Promise(() => { setTimeout(() => { for (;;) {} }, ms) })`)

  expect(await call(vm, 'wait', [60], 20)).toBe('late')
  expect(await call(vm, 'alive')).toBe(1)
  expect(await call(vm, 'loop', [60], 20)).toMatchObject({ error: { code: 'deadline-exceeded' } })
})
