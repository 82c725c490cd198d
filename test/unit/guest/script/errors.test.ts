import { expect, test } from 'vitest'
import { encodeValue } from '../../../../src/wire/value.ts'
import { call, load } from './harness.ts'

async function errorOf(body: string): Promise<{ name: string; message: string; code: string; stack: string }> {
  const { vm } = await load(`export function f() { ${body} }`)
  const outcome = await vm.call('f', encodeValue([]), 1000)
  expect(vm.state).toBe('loaded')
  if (outcome.ok) throw new Error('the call returned')
  return outcome.error
}

test('a thrown error keeps its name, message, code and the package\'s frames', async () => {
  const { vm } = await load('import { inner } from "./lib/x.js"\nexport function outer() {\n  return inner()\n}', {
    files: { 'lib/x.js': '\nexport function inner() {\n  throw Object.assign(new RangeError("no"), { code: "E_X" })\n}' },
  })

  expect(await call(vm, 'outer')).toEqual({
    error: { name: 'RangeError', message: 'no', code: 'E_X', stack: expect.stringMatching(/^ +at inner \(lib\/x\.js:3:\d+\)\n +at outer \(main\.js:3:\d+\)$/) as unknown },
  })
})

test('an error while loading is the result of load', async () => {
  const { error, vm } = await load('\n\nthrow new TypeError("at start")')

  expect(error).toMatchObject({ name: 'TypeError', message: 'at start', stack: expect.stringContaining('main.js:3') as unknown })
  expect(await call(vm, 'f')).toMatchObject({ error: { code: 'export-missing' } })
})

test('a rejected promise is the call\'s error', async () => {
  expect(await errorOf('return Promise.reject(new Error("later"))')).toMatchObject({ name: 'Error', message: 'later' })
})

test.each([
  ['a string', 'throw "text"', 'Error', 'text'],
  ['undefined', 'throw undefined', 'Error', 'undefined'],
  ['null', 'throw null', 'Error', 'null'],
  ['a symbol', 'throw Symbol("s")', 'Error', 'Symbol(s)'],
  ['a plain object', 'throw { name: "N", message: "M" }', 'N', 'M'],
  ['getters that throw', 'throw { get name() { throw 1 }, get message() { throw 2 }, get stack() { throw 3 }, get code() { throw 4 } }', 'Error', ''],
  ['a proxy whose traps throw', 'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })', 'Error', ''],
  ['a revoked proxy', 'const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy', 'Error', ''],
  ['fields of other types', 'throw { name: {}, message: 5, code: () => 1 }', 'Error', ''],
  ['a function', 'throw function named() {}', 'named', ''],
])('%s thrown is described without harm', async (_name, body, name, message) => {
  expect(await errorOf(body)).toMatchObject({ name, message, code: '' })
})

test('long texts are capped', async () => {
  const error = await errorOf('throw Object.assign(new Error("m".repeat(1e5)), { name: "n".repeat(1e4), stack: "s".repeat(1e5), code: "c".repeat(1e4) })')

  expect(error.name).toHaveLength(128)
  expect(error.message).toHaveLength(8192)
  expect(error.stack.length).toBeLessThanOrEqual(8192)
  expect(error.code).toHaveLength(128)
})

test('a guest cannot fake a verdict', async () => {
  expect(await errorOf('throw Object.assign(new Error("x"), { name: "GloveboxVerdict", code: "memory-exceeded" })')).toMatchObject({ name: 'Error' })
})

test('no frame of the prelude shows', async () => {
  const error = await errorOf('new URL("nonsense")')

  expect(error.stack).toContain('main.js:1')
  expect(error.stack).not.toMatch(/glovebox|native/)
})

test('an exception in a timer goes to the log', async () => {
  const { vm, outward } = await load('export const f = () => new Promise((r) => { setTimeout(() => { throw new TypeError("tick") }, 0); setTimeout(r, 5) })')

  await call(vm, 'f')

  expect(outward.lines).toEqual([expect.stringMatching(/^error: Uncaught TypeError: tick/)])
})

test.each([
  ['plain', 'function r() { r() } r()'],
  ['through JSON.stringify', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)'],
  ['through getters', '({ get x() { return this.x } }).x'],
  ['in a result\'s toJSON-less depth', 'let a = {}; a.f = () => a.f(); a.f()'],
])('recursion too deep is caught: %s', async (_name, body) => {
  expect(await errorOf(body)).toMatchObject({ name: 'GloveboxVerdict', code: 'stack-overflow' })
})

test('JSON nested too deep is a SyntaxError, as it is to QuickJS', async () => {
  expect(await errorOf('JSON.parse("[".repeat(1e5))')).toMatchObject({ name: 'SyntaxError', message: 'stack overflow' })
})

test('a guest can catch its own overflow', async () => {
  const { vm } = await load('export function f() { let n = 0; const r = () => { n++; r() }; try { r() } catch { return n } }')

  expect(await call(vm, 'f')).toBeGreaterThan(200)
})

test('values of a hundred levels cross both ways', async () => {
  const nest = (levels: number): unknown => (levels === 0 ? 1 : levels % 2 ? [nest(levels - 1)] : new Map([[1, nest(levels - 1)]]))
  const { vm } = await load('export const f = (x) => x')

  expect(await call(vm, 'f', [nest(98)])).toEqual(nest(98))
  expect(vm.state).toBe('loaded')
})

test('a result nested too deep is refused as too large', async () => {
  expect(await errorOf('let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a')).toMatchObject({ code: 'message-too-large' })
})
