import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { GloveboxError } from '../../../src/errors.ts'
import { decodeValue, encodeValue } from '../../../src/wire/value.ts'

const LIMITS = { bytes: 1000, depth: 10, nodes: 100 }

class Point {
  x = 1
}
class Numbers extends Array<number> {}
class NoParent {
  static make(): object {
    return Object.create(Object.create(null)) as object
  }
}

function refusalOf(run: () => unknown): { readonly code: string, readonly path: unknown } {
  try {
    run()
  } catch (error) {
    if (error instanceof GloveboxError) return { code: error.code, path: error.details['path'] }
    throw error
  }
  throw new Error('It was not refused.')
}

function detachedView(): Uint8Array {
  const view = new Uint8Array(4)
  structuredClone(view, { transfer: [view.buffer] })
  return view
}

function cyclic<T extends object>(value: T, tie: (value: T) => void): T {
  tie(value)
  return value
}

describe('the sender refuses, and tells where:', () => {
  it.each<readonly [string, unknown, string]>([
    ['a function', () => 1, '$'],
    ['a function in a list', { items: [0, 1, 2, { callback: () => 1 }] }, '$.items[3].callback'],
    ['a symbol', { a: Symbol('s') }, '$.a'],
    ['a method named toJSON', { toJSON: () => 1 }, '$.toJSON'],
    ['a method named then', [{ then: () => 1 }], '$[0].then'],
    ['a class instance', { p: new Point() }, '$.p'],
    ['a subclass of Map', [new (class extends Map {})()], '$[0]'],
    ['a subclass of Set', [new (class extends Set {})()], '$[0]'],
    ['a subclass of Date', [new (class extends Date {})()], '$[0]'],
    ['a subclass of Uint8Array', [new (class extends Uint8Array {})()], '$[0]'],
    ['an object of a class without parent', [NoParent.make()], '$[0]'],
    ['a RegExp', { a: { b: /x/ } }, '$.a.b'],
    ['an Error', [new TypeError('x')], '$[0]'],
    ['a Promise', [Promise.resolve()], '$[0]'],
    ['a WeakMap', [new WeakMap()], '$[0]'],
    ['a boxed string', [Object('x')], '$[0]'],
    ['a boxed bigint', [Object(1n)], '$[0]'],
    ['a generator', [(function* () {})()], '$[0]'],
    ['a Float64Array', [new Float64Array(1)], '$[0]'],
    ['a Uint8ClampedArray', [new Uint8ClampedArray(1)], '$[0]'],
    ['a DataView', [new DataView(new ArrayBuffer(1))], '$[0]'],
    ['a shared buffer', [new SharedArrayBuffer(1)], '$[0]'],
    ['a detached buffer', { b: detachedView().buffer }, '$.b'],
    ['a view of a detached buffer', { b: detachedView() }, '$.b'],
    ['another realm\'s Map', [runInNewContext('new Map()')], '$[0]'],
    ['another realm\'s class instance', [runInNewContext('new (class A {})()')], '$[0]'],
    ['another realm\'s RegExp', [runInNewContext('/x/')], '$[0]'],
    ['what only inherits from Map', [Object.create(Map.prototype)], '$[0]'],
    ['what only inherits from Set', [Object.create(Set.prototype)], '$[0]'],
    ['what only inherits from Date', [Object.create(Date.prototype)], '$[0]'],
    ['what only inherits from Uint8Array', [Object.create(Uint8Array.prototype)], '$[0]'],
    ['what only inherits from ArrayBuffer', [Object.create(ArrayBuffer.prototype)], '$[0]'],
    ['an own key __proto__', JSON.parse('{"a":{"__proto__":{"x":1}}}'), '$.a'],
    ['a function as a map\'s key', new Map<unknown, unknown>([['a', 1], [() => 1, 2]]), '$[1]'],
    ['a function in a map', { m: new Map([['a', () => 1]]) }, '$.m[0]'],
    ['a function in a set', new Set([1, 2, () => 1]), '$[2]'],
    ['a function under an odd key', { 'a b': { '"': () => 1 } }, '$["a b"]["\\""]'],
    ['a cycle through an array', cyclic<unknown[]>([], (a) => a.push({ a })), '$[0].a'],
    ['a cycle through an object', cyclic<Record<string, unknown>>({}, (o) => (o['self'] = o)), '$.self'],
    ['a cycle through a map\'s key', cyclic(new Map(), (m) => m.set(m, 1)), '$[0]'],
    ['a cycle through a map\'s value', cyclic(new Map(), (m) => m.set('k', [m])), '$[0][0]'],
    ['a cycle through a set', cyclic(new Set(), (s) => s.add(s)), '$[0]'],
  ])('%s', (_name, value, path) => {
    expect(refusalOf(() => encodeValue(value))).toEqual({ code: 'value-unsupported', path })
  })

  it('an array of a subclass crosses as a plain array', () => {
    expect(decodeValue(encodeValue(Numbers.from([1, 2])))).toStrictEqual([1, 2])
  })

  it('names a path of bounded length', () => {
    const value = { ['k'.repeat(100_000)]: { [`${'x'.repeat(100_000)} `]: () => 1 } }

    expect(String(refusalOf(() => encodeValue(value)).path).length).toBeLessThanOrEqual(1000)
  })
})

function tower(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

/** 2^levels nodes in a few bytes. */
function laughs(levels: number): unknown {
  let value: unknown = []
  for (let level = 0; level < levels; level++) value = [value, value]
  return value
}

/** Each part is shallow where it is first seen, and stands at the bottom of the next. */
function ladder(rungs: number): unknown {
  const parts: unknown[] = [[]]
  for (let rung = 0; rung < rungs; rung++) parts.push([[[parts.at(-1)]]])
  return parts
}

describe('the sender refuses what is too large', () => {
  it.each<readonly [string, () => unknown]>([
    ['one level more than allowed', () => tower(11)],
    ['one level more than allowed, of a date', () => [[[[[[[[[[new Date()]]]]]]]]]]],
    ['levels that add up through shared objects', () => ladder(4)],
    ['more nodes than allowed', () => Array.from({ length: 100 }, () => 1)],
    ['more text than allowed', () => ['x'.repeat(1001)]],
    ['more text in keys than allowed', () => ({ ['x'.repeat(1001)]: 1 })],
    ['text that only its escapes make too long', () => '\u0000'.repeat(500)],
    ['more bytes than allowed', () => new Uint8Array(1001)],
    ['bytes and text that are too many together', () => ['x'.repeat(500), new ArrayBuffer(500)]],
    ['a sparse array with a length in the billions', () => Object.assign([], { length: 4e9 })],
    ['an array with one far element', () => cyclic<unknown[]>([], (a) => (a[4_294_967_294] = 1))],
    ['a small value that stands for 2^60 nodes', () => laughs(9)],
    ['a bigint of more than 4096 bits', () => 2n ** 4096n + 1n],
    ['a negative bigint of more than 4096 bits', () => -(2n ** 4096n) - 1n],
  ])('%s', (_name, make) => {
    expect(refusalOf(() => encodeValue(make(), LIMITS)).code).toBe('message-too-large')
  })

  it.each<readonly [string, unknown]>([
    ['a tower as high as allowed', tower(10)],
    ['a ladder as high as allowed', ladder(2)],
    ['as many nodes as allowed', Array.from({ length: 98 }, () => 1)],
    ['as many shared nodes as allowed', laughs(3)],
    ['as many bytes as allowed', new Uint8Array(900)],
  ])('and takes %s, which the receiver takes too', (_name, value) => {
    expect(decodeValue(encodeValue(value, LIMITS), LIMITS)).toEqual(value)
  })

  it('refuses 2^60 nodes, a tower of 100000 and a ladder of 100000 by the default limits', () => {
    for (const value of [laughs(60), tower(100_000), ladder(30_000)]) {
      expect(refusalOf(() => encodeValue(value)).code).toBe('message-too-large')
    }
  })

  it('lives on after a refusal', () => {
    refusalOf(() => encodeValue(laughs(60)))

    expect(decodeValue(encodeValue([1]))).toEqual([1])
  })
})
