import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Payload } from '../../../src/wire/payload.ts'
import { decodeValue, encodeValue } from '../../../src/wire/value.ts'
import { randomValue, seeded } from './random-value.ts'

function roundTrip(value: unknown): unknown {
  return decodeValue(encodeValue(value))
}

function shared<T>(item: T): readonly T[] {
  return [item, item]
}

describe('a value crosses unchanged', () => {
  it.each<readonly [string, unknown]>([
    ['null', null],
    ['true', true],
    ['a number', 1.5],
    ['-0', -0],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['the smallest and largest numbers', [Number.MIN_VALUE, Number.MAX_VALUE, Number.MIN_SAFE_INTEGER, Number.EPSILON]],
    ['undefined', undefined],
    ['undefined in an object', { a: undefined, b: 1 }],
    ['undefined in an array', [undefined, 1, undefined]],
    ['a string with NUL and lone surrogates', 'a\u0000b\ud800c\udfff\u2028"\\'],
    ['a key with NUL and lone surrogates', { 'a\u0000\udc00': 1, '': 2 }],
    ['bigints', [0n, -1n, 2n ** 64n, 2n ** 4096n, -(2n ** 4096n)]],
    ['a date', new Date(1e12)],
    ['a date before the epoch', new Date(-1)],
    ['an invalid date', new Date(NaN)],
    ['a map with objects as keys', new Map<unknown, unknown>([[{ a: 1 }, [1]], ['k', undefined], [NaN, -0], [undefined, null]])],
    ['a set', new Set<unknown>([1, 'a', undefined, null, 5n])],
    ['maps in sets in maps', new Map([['a', new Set([new Map([[1, new Set([])]])])]])],
    ['a Uint8Array', new Uint8Array([0, 1, 255])],
    ['an empty Uint8Array', new Uint8Array()],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['names of Object.prototype as keys', { constructor: 1, toString: 2, hasOwnProperty: 3, valueOf: 4, isPrototypeOf: 5, exec: 6, then: 7, toJSON: 8 }],
    ['an own key $', { $: 1 }],
    ['an own key $ beside others', { $: undefined, a: 1 }],
    ['a lookalike of a tag', { $: ['u'] }],
    ['a lookalike of a buffer', { $: ['b', 0] }],
    ['a lookalike of a reference in a shared object', shared({ $: ['@', 0] })],
    ['nested lookalikes', { $: { $: { $: ['m', []] } } }],
    ['empty containers', [{}, [], new Map(), new Set()]],
    ['100 levels', nest(100, 'end')],
    ['100 levels around a value that needs a tag', nest(100, undefined)],
    ['100 levels, all shared', shared(nest(99, -0))],
  ])('%s', (_name, value) => {
    expect(roundTrip(value)).toEqual(value)
  })

  it('keeps the sign of zero and undefined members', () => {
    const [zero, object] = roundTrip([-0, { a: undefined }]) as [number, object]

    expect(Object.is(zero, -0)).toBe(true)
    expect(Object.hasOwn(object, 'a')).toBe(true)
  })

  it('fills holes with undefined', () => {
    const holes: unknown[] = [1]
    holes.length = 3

    expect(roundTrip(holes)).toStrictEqual([1, undefined, undefined])
  })

  it('leaves out symbol keys and what is not enumerable', () => {
    const value = Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 })

    expect(roundTrip(value)).toStrictEqual({ a: 1 })
  })

  it.each([
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
  ])('takes %s for a plain one', (_name, value) => {
    expect(roundTrip(value)).toEqual({ a: 1 })
  })

  it('takes an object of another realm with any own keys', () => {
    expect(roundTrip(runInNewContext('({ exec: 1, isPrototypeOf: 2 })'))).toEqual({ exec: 1, isPrototypeOf: 2 })
  })
})

function nest(levels: number, core: unknown): unknown {
  let value = core
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

describe('shared references', () => {
  it.each<readonly [string, () => object]>([
    ['an object', () => ({ a: 1 })],
    ['an array', () => [1]],
    ['a map', () => new Map([[1, 2]])],
    ['a set', () => new Set([1])],
    ['a date', () => new Date(0)],
    ['bytes', () => new Uint8Array([1])],
    ['a buffer', () => new ArrayBuffer(2)],
    ['an object with a key $', () => ({ $: ['@', 0] })],
  ])('to %s stay one object', (_name, make) => {
    const one = make()
    const [first, second, map] = roundTrip([one, { in: one }, new Map([[one, one]])]) as [object, { in: object }, Map<object, object>]

    expect(first).toEqual(one)
    expect(second.in).toBe(first)
    expect(map.get(first)).toBe(first)
  })

  it('do not run into each other', () => {
    const a = { name: 'a' }
    const b = { a, again: a }
    const [first, second, third] = roundTrip([b, a, b]) as [typeof b, typeof a, typeof b]

    expect([first.a, first.again, third]).toEqual([second, second, first])
    expect(first.a).toBe(second)
    expect(third).toBe(first)
  })
})

describe('bytes', () => {
  it('that span their buffer are given away as they are', () => {
    const bytes = new Uint8Array([1, 2])

    expect(encodeValue({ bytes, buffer: new ArrayBuffer(1) }).buffers[0]).toBe(bytes.buffer)
  })

  it.each<readonly [string, () => Uint8Array]>([
    ['a part of a larger buffer', () => new Uint8Array([9, 1, 2, 9]).subarray(1, 3)],
    ['a shared buffer', () => {
      const bytes = new Uint8Array(new SharedArrayBuffer(2))
      bytes.set([1, 2])
      return bytes
    }],
    ['a resizable buffer', () => {
      const bytes = new Uint8Array(Reflect.construct(ArrayBuffer, [2, { maxByteLength: 8 }]) as ArrayBuffer) // not in TypeScript's library yet
      bytes.set([1, 2])
      return bytes
    }],
  ])('in %s are copied', (_name, make) => {
    const bytes = make()
    const { buffers } = encodeValue(bytes)

    expect(buffers).toHaveLength(1)
    expect(buffers[0]).not.toBe(bytes.buffer)
    expect(buffers[0]).toBeInstanceOf(ArrayBuffer)
    expect(Object.is(Reflect.get(buffers[0] ?? {}, 'resizable'), true)).toBe(false)
    expect([...new Uint8Array(buffers[0] ?? new ArrayBuffer(0))]).toEqual([1, 2])
  })

  it('under two views get two buffers, so that each is transferred once', () => {
    const { buffer } = new Uint8Array([1, 2, 3])
    const payload = encodeValue([new Uint8Array(buffer), new Uint8Array(buffer), buffer])

    expect(new Set(payload.buffers).size).toBe(3)
    const received = decodeValue(structuredClone(payload, { transfer: [...payload.buffers] }))

    const bytes = new Uint8Array([1, 2, 3])
    expect(received).toEqual([bytes, bytes, bytes.buffer])
  })

  it('are as many as the receiver takes', () => {
    const many = (count: number): readonly ArrayBuffer[] => Array.from({ length: count }, () => new ArrayBuffer(0))

    expect(encodeValue(many(10_000)).buffers).toHaveLength(10_000)
    expect(() => encodeValue(many(10_001))).toThrow(expect.objectContaining({ code: 'message-too-large' }))
  })
})

describe('plain JSON', () => {
  it.each<readonly [string, unknown]>([
    ['stays plain JSON text', { a: [1, 'x', true, null, { b: {} }] }],
    ['is what null-prototype objects are', Object.assign(Object.create(null), { a: 1 })],
  ])('%s', (_name, value) => {
    expect(encodeValue(value)).toEqual({ text: JSON.stringify(value), buffers: [] })
  })
})

describe('random values', () => {
  it('cross unchanged, 3000 of them', () => {
    const random = seeded(7)
    for (let run = 0; run < 3000; run++) {
      const value = randomValue(random)
      const payload = encodeValue(value)
      const copy: Payload = structuredClone(payload)
      expect(decodeValue(copy)).toEqual(value)
      expect(encodeValue(decodeValue(payload)).text).toBe(payload.text)
    }
  })
})
