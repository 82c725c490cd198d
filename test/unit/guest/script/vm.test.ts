import { expect, test } from 'vitest'
import { encodeValue } from '../../../../src/wire/value.ts'
import { call, load } from './harness.ts'

const ECHO = 'export const echo = (value) => value; export const lengthOf = (text) => text.length'

test.each([
  ['a plain object', { a: [1, 'x', null, true] }],
  ['numbers that JSON lacks', [NaN, Infinity, -Infinity, -0]],
  ['undefined', undefined],
  ['a bigint', 123456789012345678901234567890n],
  ['a date', new Date(5)],
  ['a map with a set', new Map([['k', new Set([1, 2])]])],
  ['bytes', new Uint8Array([1, 2, 255])],
  ['an empty buffer', new ArrayBuffer(0)],
  ['several buffers', [new Uint8Array([1]), new Uint8Array([2]), new Uint8Array(100_000).fill(7)]],
  ['NUL in a string', 'a\0b'],
  ['a lone surrogate', 'x\ud800y'],
  ['a leading mark', '\u0001"x"'],
  ['a leading error mark', '\u0002["Error","x",""]'],
  ['a byte order mark', '\ufeffabc'],
  ['astral characters', '\u{1f600} \u00e9'],
  ['the empty string', ''],
  ['a long text', 'ab\u20ac'.repeat(50_000)],
])('%s survives the way into the guest and back', async (_name, value) => {
  const { vm } = await load(ECHO)

  expect(await call(vm, 'echo', [value])).toEqual(value)
})

test.each(['a\0b', '\ud800', '\u0001x', '\ufeff', ''])('text %j has the same length inside', async (text) => {
  const { vm } = await load(ECHO)

  expect(await call(vm, 'lengthOf', [text])).toBe(text.length)
})

test('strings of any code units cross the synchronous bridge', async () => {
  const { vm, outward } = await load('export function log(t) { console.log(t) }')

  await call(vm, 'log', ['a\0b'])
  await call(vm, 'log', ['\u0001x'])

  expect(outward.lines).toEqual(['info: a\0b', 'info: \u0001x'])
})

test('exports are looked up at each call, default included', async () => {
  const { vm } = await load('export let f = () => 1; export default () => { f = () => 2 }')

  expect(await call(vm, 'f')).toBe(1)
  await call(vm, 'default')
  expect(await call(vm, 'f')).toBe(2)
})

test.each(['missing', '__proto__', 'constructor', 'toString', 'then', 'hasOwnProperty', 'data', '', 'a\0b'])('%j is not an export', async (name) => {
  const { vm } = await load('export const data = 5; export function real() {}')

  expect(await call(vm, name)).toMatchObject({ error: { name: 'GloveboxVerdict', code: 'export-missing' } })
})

test.each(['then', 'constructor', 'toString', '__proto__'])('a function exported as %s can be called', async (name) => {
  const { vm } = await load(`function f() { return 'mine' }; export { f as ${name} }`)

  expect(await call(vm, name)).toBe('mine')
})

test('async exports are awaited, also when they wait for a timer', async () => {
  const { vm } = await load('export async function later(x) { await new Promise((r) => setTimeout(r, 1)); return x }')

  expect(await Promise.all([call(vm, 'later', [1]), call(vm, 'later', [2])])).toEqual([1, 2])
})

test('top-level await is part of loading', async () => {
  const { vm, error } = await load('const v = await new Promise((r) => setTimeout(() => r(9), 1)); export const f = () => v')

  expect(error).toBeUndefined()
  expect(await call(vm, 'f')).toBe(9)
})

test.each([
  ['a function', '() => ({ items: [{}, { callback() {} }] })', 'value-unsupported', '$.items[1].callback'],
  ['a cycle', '() => { const a = {}; a.self = a; return a }', 'value-unsupported', '$.self'],
  ['a class instance', '() => ({ u: new (class Unit {})() })', 'value-unsupported', '$.u'],
  ['a symbol', '() => Symbol("x")', 'value-unsupported', '$'],
  ['too much text', '() => "x".repeat(2 ** 20 + 1)', 'message-too-large', undefined],
])('a result with %s is refused, and the VM lives on', async (_name, source, code, path) => {
  const { vm } = await load(`export const bad = ${source}; export const good = () => 1`)

  const result = await call(vm, 'bad')

  expect(result).toMatchObject({ error: { name: 'GloveboxVerdict', code } })
  expect(Reflect.get(Reflect.get(Object(result), 'error'), 'path')).toBe(path)
  expect(await call(vm, 'good')).toBe(1)
})

test('exports are called without this', async () => {
  const { vm } = await load('export function self() { return this === undefined }')

  expect(await call(vm, 'self')).toBe(true)
})

test('a guest finds no way to shared memory, and eval works', async () => {
  const { vm } = await load('export const has = () => [typeof SharedArrayBuffer, typeof Atomics, typeof WebAssembly, eval("1+1"), new Function("return 2")()]')

  expect(await call(vm, 'has')).toEqual(['undefined', 'undefined', 'undefined', 2, 2])
})

test('Math.random differs between two instances and stays in [0, 1)', async () => {
  const source = 'export const draw = () => Array.from({ length: 1000 }, Math.random)'
  const [a, b] = await Promise.all([load(source), load(source)])

  const [first, second] = [await call(a.vm, 'draw'), await call(b.vm, 'draw')] as [number[], number[]]

  expect(first).not.toEqual(second)
  expect(first.every((x) => x >= 0 && x < 1)).toBe(true)
  expect(Math.abs(first.reduce((sum, x) => sum + x) / 1000 - 0.5)).toBeLessThan(0.1)
})

test('a flood of resolved promises is one call', async () => {
  const { vm } = await load('export async function many() { let n = 0; for (let i = 0; i < 5000; i++) { await null; n++ } return n }')

  expect(await call(vm, 'many')).toBe(5000)
})

test('Promise.prototype.then patched by a guest does not see results', async () => {
  const { vm } = await load('Promise.prototype.then = () => { throw new Error("patched") }; export async function f() { return 3 }')

  expect(await call(vm, 'f')).toBe(3)
})

// Each of these breaks at most what the guest itself sends; a plain call still goes through or fails as that guest's own error.
test.each([
  'Array.prototype.push = () => 0', 'Array.prototype[Symbol.iterator] = () => ({ next: () => ({ done: true }) })',
  'Map.prototype.get = () => { throw 1 }', 'Map.prototype.set = () => { throw 1 }', 'JSON.stringify = () => "null"',
  'JSON.parse = () => [666]', 'Function.prototype.call = () => 5', 'Function.prototype.apply = () => 5', 'Reflect.apply = () => 5',
  'Object.defineProperty(Object.prototype, "text", { get: () => "evil", set() {} })', 'Object.prototype.toJSON = () => 1',
  'Object.defineProperty(Array.prototype, "0", { set() {}, get: () => "evil" })', 'String.prototype.slice = () => "x"',
  'String.prototype.charCodeAt = () => 1', 'Object.hasOwn = () => false', 'Reflect.get = () => undefined', 'Object.keys = () => []',
])('after %s a call still settles', async (patch) => {
  const { vm, error } = await load(`export const f = (x) => x + 1; export const patch = () => { ${patch} }`)
  expect(error).toBeUndefined()

  await call(vm, 'patch')
  const outcome = await vm.call('f', encodeValue([1]), 1000)

  expect(vm.state).toBe('loaded')
  expect(typeof outcome.ok).toBe('boolean')
})

test('stats count timers until they fire or stop', async () => {
  const { vm } = await load(`export function start() { setTimeout(() => {}, 1e6); return [setTimeout(() => {}, 0), setInterval(() => {}, 5)] }
    export const stop = clearInterval; export const wait = () => new Promise((r) => setTimeout(r, 20))`)
  const [, interval] = await call(vm, 'start') as [number, number]
  expect(vm.stats()).toMatchObject({ timers: 3, handles: 0, pendingCapabilityCalls: 0 })

  await call(vm, 'wait')
  expect(vm.stats().timers).toBe(2)
  await call(vm, 'stop', [interval])

  expect(vm.stats().timers).toBe(1)
})
