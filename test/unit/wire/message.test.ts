import { describe, expect, it } from 'vitest'
import { parseErrorRecord, parseMessage, parseOutcome, parsePayload, sizeOf } from '../../../src/wire/message.ts'

const RECORD = { name: 'Error', message: 'm', code: 'c', stack: 's' }
const PAYLOAD = { text: '[]', buffers: [] }

function resizable(): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]) as ArrayBuffer // not in TypeScript's library yet
}

class Sub extends ArrayBuffer {}

describe('a payload is made anew', () => {
  it('of text and buffers alone', () => {
    const buffers = [new ArrayBuffer(1)]
    const parsed = parsePayload({ text: 'x', buffers })

    expect(parsed).toEqual({ text: 'x', buffers })
    expect(parsed?.buffers).not.toBe(buffers)
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', '[]'],
    ['a list', ['[]', []]],
    ['no text', { buffers: [] }],
    ['no buffers', { text: '[]' }],
    ['text that is no string', { text: 1, buffers: [] }],
    ['buffers that are no list', { text: '', buffers: { length: 0 } }],
    ['a view among the buffers', { text: '', buffers: [new Uint8Array(1)] }],
    ['a hole among the buffers', { text: '', buffers: Object.assign([], { length: 1 }) }],
    ['a shared buffer', { text: '', buffers: [new SharedArrayBuffer(1)] }],
    ['a resizable buffer', { text: '', buffers: [resizable()] }],
    ['too many buffers', { text: '', buffers: Array.from({ length: 10_001 }, () => new ArrayBuffer(0)) }],
    ['a length in the billions', { text: '', buffers: Object.assign([], { length: 4e9 }) }],
    ['something more', { ...PAYLOAD, more: 1 }],
    ['a class instance', Object.assign(new (class A {})(), PAYLOAD)],
  ])('and refused: %s', (_name, input) => {
    expect(parsePayload(input)).toBeUndefined()
    expect(parseOutcome({ ok: true, value: input })).toBeUndefined()
  })
})

describe('an outcome', () => {
  it('is a value or an error', () => {
    expect(parseOutcome({ ok: true, value: PAYLOAD })).toEqual({ ok: true, value: PAYLOAD })
    expect(parseOutcome({ ok: false, error: RECORD })).toEqual({ ok: false, error: RECORD })
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['ok as text', { ok: 'true', value: PAYLOAD }],
    ['ok as 1', { ok: 1, value: PAYLOAD }],
    ['an error without a stack', { ok: false, error: { ...RECORD, stack: undefined } }],
    ['an error with a message of another type', { ok: false, error: { ...RECORD, message: { toString: 1 } } }],
    ['an error with something more', { ok: false, error: { ...RECORD, cause: 1 } }],
    ['an Error', { ok: false, error: new Error('x') }],
    ['both', { ok: true, value: PAYLOAD, error: RECORD }],
    ['a payload for an error', { ok: false, error: PAYLOAD }],
  ])('is refused: %s', (_name, input) => {
    expect(parseOutcome(input)).toBeUndefined()
  })

  it('has texts of bounded length', () => {
    const long = 'x'.repeat(100_000)
    const record = parseErrorRecord({ name: long, message: long, code: long, stack: long, path: long })

    expect(Object.values(record ?? {}).map((text) => text.length)).toEqual([128, 8192, 128, 8192, 1000])
  })
})

describe('a stream frame', () => {
  const bytes = new ArrayBuffer(1)
  it.each<readonly [string, object]>([
    ['chunk', { stream: 1, op: 'chunk', bytes }],
    ['credit', { stream: 1, op: 'credit', credit: 5 }],
    ['end', { stream: 1, op: 'end' }],
    ['error', { stream: 1, op: 'error', error: RECORD }],
    ['cancel', { stream: 1, op: 'cancel' }],
  ])('%s is known', (_op, data) => {
    const { stream, ...frame } = data as { stream: number }
    expect(parseMessage(data)).toEqual({ kind: 'stream', stream, frame })
  })

  it.each<readonly [string, object]>([
    ['no op', { stream: 1 }],
    ['an op of Object.prototype', { stream: 1, op: 'constructor' }],
    ['a chunk without bytes', { stream: 1, op: 'chunk' }],
    ['a chunk of a view', { stream: 1, op: 'chunk', bytes: new Uint8Array(1) }],
    ['a chunk of a resizable buffer', { stream: 1, op: 'chunk', bytes: resizable() }],
    ['credit below 0', { stream: 1, op: 'credit', credit: -1 }],
    ['credit with a fraction', { stream: 1, op: 'credit', credit: 0.5 }],
    ['infinite credit', { stream: 1, op: 'credit', credit: Infinity }],
    ['credit as text', { stream: 1, op: 'credit', credit: '1' }],
    ['an error without a record', { stream: 1, op: 'error' }],
    ['an id that is text', { stream: '1', op: 'end' }],
    ['an id that is not exact', { stream: 2 ** 60, op: 'end' }],
    ['something more', { stream: 1, op: 'end', more: 1 }],
    ['a request in disguise', { stream: 1, op: 'end', id: 'a', type: 'APPLY' }],
  ])('is refused: %s', (_name, data) => {
    expect(parseMessage(data)).toBeUndefined()
  })
})

it.each<readonly [string, object]>([
  ['without bytes', { credit: 1 }],
  ['below 0', { credit: -1, bytes: 0 }],
  ['that is no number', { credit: NaN, bytes: 0 }],
  ['with something more', { credit: 1, bytes: 0, more: 1 }],
])('credit %s is refused', (_name, data) => {
  expect(parseMessage(data)).toBeUndefined()
})

describe('the size of a message', () => {
  it.each<readonly [string, unknown, number]>([
    ['a payload', { text: 'abc', buffers: [new ArrayBuffer(7), new Sub(2)] }, 12],
    ['an outcome', { ok: true, value: { text: 'abc', buffers: [new ArrayBuffer(7)] } }, 10],
    ['an error record', RECORD, 8],
    ['an outcome with an error', { ok: false, error: RECORD }, 8],
    ['true', true, 0],
    ['a payload with buffers of a length in the billions', { text: 'abc', buffers: Object.assign([], { length: 4e9 }) }, 3],
  ])('of %s is that of its text and bytes', (_name, value, size) => {
    expect(sizeOf(value)).toBe(size)
  })
})
