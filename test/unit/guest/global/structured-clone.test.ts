import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const { globals } = createHarness()
const clone: typeof structuredClone = globals['structuredClone']

const shared = { x: 1 }
const cyclic: Record<string, unknown> = { list: [] }
cyclic['self'] = cyclic
;(cyclic['list'] as unknown[]).push(cyclic)
const sparse = [1, , 3]
Object.assign(sparse, { extra: 'y' })
const twoViews = new ArrayBuffer(8)

test.each<[name: string, value: unknown]>([
  ['primitives', [1, -0, NaN, 'a', true, null, undefined, 10n]],
  ['nested objects', { a: { b: [1, { c: 2 }] } }],
  ['shared references', { a: shared, b: shared }],
  ['cycles', cyclic],
  ['sparse arrays with properties', sparse],
  ['dates', [new Date(5), new Date(NaN)]],
  ['patterns', /a(b)/giu],
  [
    'maps and sets',
    new Map<unknown, unknown>([
      [shared, new Set([shared, 1])],
      ['k', new Map()],
    ]),
  ],
  ['wrappers', [Object(1), Object('s'), Object(false), Object(5n)]],
  [
    'buffers and views',
    { b: twoViews, u: new Uint8Array(twoViews, 2, 3), f: new Float64Array([1.5]), d: new DataView(twoViews, 1), g: new BigInt64Array([3n]) },
  ],
  [
    'class instances',
    new (class A {
      x = 1
      get y() {
        return 2
      }
    })(),
  ],
  ['null prototypes', Object.assign(Object.create(null), { a: 1 })],
  ['own __proto__', JSON.parse('{"__proto__":1}')],
  ['symbol keys and hidden properties', Object.defineProperty({ [Symbol('s')]: 1, a: 2 }, 'hidden', { value: 3 })],
  [
    'getters',
    {
      get a() {
        return shared
      },
    },
  ],
  [
    'map subclass',
    new (class M extends Map<number, number> {
      extra = 1
    })([[1, 2]]),
  ],
])('copies %s as the platform does', (_name, value) => {
  const ours = clone(value)
  expect(ours).toStrictEqual(structuredClone(value))
  if (typeof value === 'object') expect(ours).not.toBe(value)
})

test('keeps identity inside the copy', () => {
  const { a, b, u, v } = clone({ a: shared, b: shared, u: new Uint8Array(twoViews), v: twoViews })

  expect(a).toBe(b)
  expect(a).not.toBe(shared)
  expect(u.buffer).toBe(v)
})

test('copies errors with type, message, stack and cause', () => {
  const custom = Object.assign(
    new (class Mine extends RangeError {
      override name = 'Mine'
    })('m', { cause: { why: 1 } }),
    { extra: 1 },
  )
  const copy = clone(custom) as Error & { extra?: number }
  const range = clone(new RangeError('r'))

  expect([copy.name, copy.message, copy.stack === custom.stack, copy.cause, copy.extra]).toEqual(['Error', 'm', true, { why: 1 }, undefined])
  expect(range).toBeInstanceOf(RangeError)
  expect(clone(new globals['DOMException']('m', 'AbortError'))).toMatchObject({ name: 'AbortError', message: 'm', code: 20 })
})

test.each<[name: string, value: unknown]>([
  ['functions', { f: () => 1 }],
  ['symbols', [Symbol('x')]],
  ['promises', Promise.resolve()],
  ['weak collections', new WeakMap()],
  ['weak references', new WeakRef({})],
  ['platform objects', new globals['URL']('a:b')],
  ['generators', (function* () {})()],
])('refuses %s', (_name, value) => {
  expect(() => clone(value)).toThrow(expect.objectContaining({ name: 'DataCloneError', code: 25 }))
})

// Node 20 has no ArrayBuffer.prototype.transfer; in-vm.test.ts runs this in the engine that counts.
const canTransfer = 'transfer' in ArrayBuffer.prototype

test.runIf(canTransfer)('moves transferred buffers, also under views', () => {
  const [buffer, lonely] = [new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(4)]
  const copy = clone({ buffer, view: new Uint8Array(buffer, 1) }, { transfer: [buffer, lonely] })

  expect([buffer.byteLength, lonely.byteLength, [...copy.view], copy.view.buffer === copy.buffer]).toEqual([0, 0, [2, 3], true])
})

test('detaches nothing when reading throws', () => {
  const buffer = new ArrayBuffer(4)

  expect(() => clone([buffer, () => 1], { transfer: [buffer] })).toThrow()
  expect(() => clone(1, { transfer: [buffer, buffer] })).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
  expect(() => clone(1, { transfer: [{} as ArrayBuffer] })).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
  expect(buffer.byteLength).toBe(4)
})

test('copies a list of 20 000 links', () => {
  let list: unknown = null
  for (let index = 0; index < 20_000; index += 1) list = { next: list }

  let depth = 0
  for (let at = clone(list) as { next: unknown } | null; at !== null; at = at.next as { next: unknown } | null) depth += 1

  expect(depth).toBe(20_000)
})

test('passes on what getters throw', () => {
  const error = new Error('getter')
  expect(() =>
    clone({
      get a() {
        throw error
      },
    }),
  ).toThrow(error)
  expect(() => (clone as () => void)()).toThrow(TypeError)
})
