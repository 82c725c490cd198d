import { describe, expect, test } from 'vitest'
import { toHostError } from '../../../src/host/instance/outcome.ts'
import { parseOutcome, sizeOf } from '../../../src/wire/message.ts'
import { decodeValue, encodeValue, type HandleEncoder, type WireHandle } from '../../../src/wire/value.ts'

class Remote {
  readonly id: number
  constructor(id: number) {
    this.id = id
  }
}

const handles: HandleEncoder = {
  has: (value) => value instanceof Remote,
  handleOf: (value) => ({ id: value instanceof Remote ? value.id : -1, type: 'remote' }),
}

const back = (value: unknown): unknown => decodeValue(encodeValue(value, undefined, handles), undefined, { toHandle: ({ id }) => new Remote(id) })

describe('a handle', () => {
  test.each([
    ['alone', new Remote(7)],
    ['in a record and a list', { a: [new Remote(1), new Remote(2)], b: 1n }],
    ['in a map', new Map([['x', new Remote(3)]])],
  ])('crosses %s', (_name, value) => {
    expect(back(value)).toEqual(value)
  })

  test('that stands twice stays one', () => {
    const one = new Remote(4)

    const [first, second] = back([one, one]) as [object, object]

    expect(first).toBe(second)
  })

  test('does not cross where nobody makes handles', () => {
    expect(() => encodeValue({ x: new Remote(1) })).toThrow(expect.objectContaining({ code: 'value-unsupported', details: { path: '$.x' } }))
  })

  test.each([
    ['where nobody expects one', '{"$":["h",1,"remote"]}', undefined],
    ['with a number below zero', '{"$":["h",-1,"remote"]}', (handle: WireHandle) => handle],
    ['with a fraction', '{"$":["h",0.5,"remote"]}', (handle: WireHandle) => handle],
    ['without a type', '{"$":["h",1,null]}', (handle: WireHandle) => handle],
    ['with a long type', `{"$":["h",1,"${'x'.repeat(129)}"]}`, (handle: WireHandle) => handle],
    ['that is too short', '{"$":["h",1]}', (handle: WireHandle) => handle],
  ])('%s breaks the wire', (_name, text, toHandle) => {
    expect(() => decodeValue({ text, buffers: [] }, undefined, { toHandle })).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })
})

describe('the payload of an error', () => {
  const record = { name: 'ComponentError', message: 'closed', code: 'closed', stack: '' }

  test('reaches the caller as a value', () => {
    const outcome = parseOutcome({ ok: false, error: { ...record, payload: encodeValue({ tag: 'unknown-city', val: 'Nowhere' }) } })

    const error = outcome?.ok === false ? toHostError(outcome.error) : undefined

    expect(error).toMatchObject({ code: 'thrown', guestCode: 'closed', payload: { tag: 'unknown-city', val: 'Nowhere' } })
  })

  test('that is none breaks the wire', () => {
    expect(parseOutcome({ ok: false, error: { ...record, payload: 'x' } })).toBeUndefined()
    expect(toHostError({ ...record, payload: { text: '{', buffers: [] } })).toMatchObject({ code: 'malformed-message' })
  })

  test('counts, once', () => {
    const payload: Record<string, unknown> = { text: 'x'.repeat(100), buffers: [new ArrayBuffer(50)] }
    payload['payload'] = payload

    expect(sizeOf({ ok: false, error: { ...record, payload } })).toBe(150 + 'ComponentError'.length + 12)
  })
})
