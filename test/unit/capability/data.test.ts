import { describe, expect, test } from 'vitest'
import { DataHub, type ProvidedCollection } from '../../../src/capability/data.ts'
import type { StandardSchema } from '../../../src/capability/standard-schema.ts'
import { FrameReader } from '../../../src/wire/frame.ts'
import { call, codeOf, FakeCaller, mailboxes } from './harness.ts'

const any: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }

const caller = (...names: readonly string[]): FakeCaller => new FakeCaller((['data:read', 'data:write'] as const).map((name) => ({ name, scope: { collections: names }, reason: '' })))

function open(parts: Partial<ProvidedCollection>): { hub: DataHub, errors: unknown[], withdraw: () => void } {
  const errors: unknown[] = []
  const hub = new DataHub((error) => errors.push(error), mailboxes())
  return { hub, errors, withdraw: hub.provide({ collection: 'notes', schema: any, read: () => ({ items: [] }), ...parts }) }
}

/** The first that a subscription brings. */
async function changeOf(reader: FakeCaller, id: number): Promise<unknown> {
  const frames = new FrameReader((bytes) => new TextDecoder().decode(bytes))
  const stream = reader.sent.get(id)?.getReader()
  frames.push((await stream?.read())?.value ?? new Uint8Array(0))
  stream?.releaseLock()
  const frame: unknown = frames.next()
  return typeof frame === 'object' && frame !== null && 'value' in frame ? frame.value : undefined
}

describe('reading', () => {
  test.each([
    ['more items than asked for', { items: [1, 2, 3] }], ['no list', { items: 'abc' }], ['a cursor that is no text', { items: [], cursor: 5 }],
    ['an empty cursor', { items: [], cursor: '' }], ['a date', { items: [new Date(0)] }], ['an object of a class', { items: [new (class Note {})()] }],
  ])('is the app\'s mistake when it gives %s', async (_, page) => {
    const { hub, errors } = open({ read: () => page as never })

    await expect(call(hub, caller('notes'), 'data.read', 'notes', null, { limit: 2 })).rejects.toThrow('The code of the app failed.')
    expect(errors.length).toBe(1)
  })

  test.each([
    ['a limit of 0', ['notes', null, { limit: 0 }]], ['a limit beyond 1000', ['notes', null, { limit: 1001 }]], ['a cursor of bytes', ['notes', null, { cursor: new Uint8Array(1) }]],
    ['an unknown option', ['notes', null, { all: true }]], ['bytes to look for', ['notes', new Uint8Array(1)]], ['no name', [{ toString: () => 'notes' }]],
    ['a key of prototypes', ['notes', JSON.parse('{"__proto__":{"x":1}}')]], ['four arguments', ['notes', null, {}, 1]],
  ])('is refused with %s before anybody is asked', async (_, args) => {
    const asker = caller('notes')
    expect([await codeOf(call(open({}).hub, asker, 'data.read', ...args)), asker.asked]).toEqual(['invalid-argument', []])
  })

  test.each(['data.read', 'data.write', 'data.subscribe'])('%s tells nobody without a grant whether there is a collection', async (method) => {
    const { hub } = open({})
    const stranger = caller()

    const codes = await Promise.all(['notes', 'absent'].map((name) => codeOf(call(hub, stranger, method, name, ...(method === 'data.subscribe' ? [] : [null])))))
    expect(codes).toEqual(['permission-denied', 'permission-denied'])
  })

  test('shows a schema nothing without a grant', async () => {
    const seen: unknown[] = []
    const query: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value) => (seen.push(value), { value }) } }
    const { hub } = open({ query })

    expect([await codeOf(call(hub, caller('other'), 'data.read', 'notes', 1)), seen]).toEqual(['permission-denied', []])
  })

  test('fails with the revocation, whatever the app does', async () => {
    const reader = caller('notes')
    const signals: AbortSignal[] = []
    const { hub, errors } = open({ read: (_, { signal }) => {
      signals.push(signal)
      reader.revoke()
      return new Promise(() => undefined)
    } })

    expect([await codeOf(call(hub, reader, 'data.read', 'notes')), signals[0]?.aborted, errors]).toEqual(['permission-revoked', true, []])
  })

  test('gives what came too late to nobody', async () => {
    const reader = caller('notes')
    const { hub } = open({ read: () => {
      reader.revoke()
      return { items: ['secret'] }
    } })

    expect(await codeOf(call(hub, reader, 'data.read', 'notes'))).toBe('permission-revoked')
  })

  test('tells an error of the app\'s by no word', async () => {
    const { hub, errors } = open({ read: () => { throw Object.assign(new Error('password'), { code: 'permission-denied' }) } })
    const error = await call(hub, caller('notes'), 'data.read', 'notes').catch((caught: Error) => caught)

    expect([String(error), Reflect.get(Object(error), 'code'), errors.length]).toEqual(['Error: The code of the app failed.', undefined, 1])
  })
})

describe('writing', () => {
  test('is refused where there is no way to', async () => {
    expect(await codeOf(call(open({}).hub, caller('notes'), 'data.write', 'notes', 1))).toBe('invalid-argument')
  })

  test('is refused when it is too much', async () => {
    const { hub } = open({ write: () => null })
    expect(await codeOf(call(hub, caller('notes'), 'data.write', 'notes', 'x'.repeat(2 ** 18)))).toBe('message-too-large')
  })

  test('waits for a schema that takes its time, and writes nothing once the permission is gone', async () => {
    const writer = caller('notes')
    const written: unknown[] = []
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: async (value) => {
      writer.revoke()
      return { value }
    } } }
    const { hub } = open({ schema, write: (change) => written.push(change) })

    expect([await codeOf(call(hub, writer, 'data.write', 'notes', 1)), written]).toEqual(['permission-revoked', []])
  })
})

describe('a subscription', () => {
  test('carries changes, and refuses the app what is no JSON', async () => {
    let tell: (change: unknown) => void = () => undefined
    const { hub } = open({ subscribe: (notify) => {
      tell = notify
      return () => undefined
    } })
    const reader = caller('notes')
    const id = await call(hub, reader, 'data.subscribe', 'notes')
    expect(() => tell(new Map())).toThrow(TypeError)
    tell({ a: 1 })
    const frames = new FrameReader((bytes) => new TextDecoder().decode(bytes))
    frames.push((await reader.sent.get(Number(id))?.getReader().read())?.value ?? new Uint8Array(0))

    expect(frames.next()).toEqual({ lost: 0, value: { a: 1 } })
  })

  test.each([['throws', () => { throw new Error('mine') }], ['gives no function', () => undefined as never]])('fails when the app\'s code %s', async (_, subscribe) => {
    const { hub, errors } = open({ subscribe })
    const reader = caller('notes')

    await expect(call(hub, reader, 'data.subscribe', 'notes')).rejects.toThrow('The code of the app failed.')
    expect([errors.length, reader.sent.size]).toEqual([1, 0])
  })

  test('is one of the app\'s for all of an instance\'s, which ends with the last of them, however they end', async () => {
    let starts = 0
    let ends = 0
    let tell: (change: unknown) => void = () => undefined
    const { hub, withdraw } = open({ subscribe: (notify) => {
      starts++
      tell = notify
      return () => void ends++
    } })
    const reader = caller('notes')
    const ids = []
    for (let i = 0; i < 64; i++) ids.push(Number(await call(hub, reader, 'data.subscribe', 'notes')))
    expect(await codeOf(call(hub, reader, 'data.subscribe', 'notes'))).toBe('too-many-handles')
    let reads = 0
    tell({ get a() { return reads++ } })
    expect(starts).toBe(1)
    expect(reads).toBeLessThan(4) // as for one reader: checked, and written
    for (const id of ids) await reader.sent.get(id)?.cancel()
    expect(ends).toBe(1)
    await call(hub, reader, 'data.subscribe', 'notes')
    withdraw()
    expect([starts, ends]).toEqual([2, 2])
    reader.revoke()
    expect(ends).toBe(2)
  })

  test('is of its instance alone: what another does, ends, or may no more, is another\'s', async () => {
    const signals: AbortSignal[] = []
    const { hub } = open({ subscribe: (_, { signal }) => {
      signals.push(signal)
      return () => undefined
    } })
    const [first, second] = [caller('notes'), caller('notes')]
    for (const one of [first, second]) await call(hub, one, 'data.subscribe', 'notes')
    first.revoke()

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(await codeOf(first.sent.get(0)?.getReader().read() ?? Promise.resolve())).toBe('permission-revoked')
  })

  test('in the name of other callers is another of the app\'s: nobody hears what is told to the one before', async () => {
    const feeds: { readonly behalf: readonly string[], readonly notify: (change: unknown) => void }[] = []
    let ends = 0
    const { hub } = open({ subscribe: (notify, { onBehalfOf }) => {
      feeds.push({ behalf: onBehalfOf, notify })
      return () => void ends++
    } })
    const reader = caller('notes')
    const subscribe = async (): Promise<number> => Number(await call(hub, reader, 'data.subscribe', 'notes'))
    const begin = (call: number, id: string): () => void => reader.provenance.begin(call, { chain: [id], callers: [id], depth: 1 })
    const [endA, first] = [begin(1, 'com.a'), await subscribe()]
    endA()
    const endC = begin(2, 'com.c')
    const [second, third] = [await subscribe(), await subscribe()]
    endC()
    begin(3, 'com.a') // the same two, in another order
    await subscribe()
    feeds[0]?.notify('for a')
    feeds[1]?.notify('for both')

    expect(feeds.map(({ behalf }) => behalf)).toEqual([['com.a'], ['com.c', 'com.a']])
    expect(await Promise.all([first, second, third].map((id) => changeOf(reader, id)))).toEqual(['for a', 'for both', 'for both'])
    await reader.sent.get(first)?.cancel()
    expect(ends).toBe(1)
  })

  test('that is not the first hears nothing of what the app tells as it is called', async () => {
    const { hub } = open({ subscribe: (notify) => {
      notify('now')
      later = notify
      return () => undefined
    } })
    let later: (change: unknown) => void = () => undefined
    const reader = caller('notes')
    const ids = [Number(await call(hub, reader, 'data.subscribe', 'notes')), Number(await call(hub, reader, 'data.subscribe', 'notes'))]
    later('later')

    expect(await Promise.all(ids.map((id) => changeOf(reader, id)))).toEqual(['now', 'later'])
  })

  test('is not opened when the app\'s code revokes it meanwhile', async () => {
    let ends = 0
    const reader = caller('notes')
    const { hub } = open({ subscribe: () => {
      reader.revoke()
      return () => void ends++
    } })

    expect([await codeOf(call(hub, reader, 'data.subscribe', 'notes')), ends, reader.sent.size]).toEqual(['permission-revoked', 1, 0])
  })
})

test('a name is provided once, and again after it was withdrawn', () => {
  const { hub, withdraw } = open({})
  const again: ProvidedCollection = { collection: 'notes', read: () => ({ items: [] }) }
  expect(() => hub.provide(again)).toThrow(TypeError)
  withdraw()
  const second = hub.provide(again)
  withdraw() // of the first: the second stays
  expect(() => hub.provide(again)).toThrow(TypeError)
  second()
})

test.each([
  [{ collection: '__proto__', read: () => ({ items: [] }) }], [{ collection: 'a/b', read: () => ({ items: [] }) }], [{ collection: 'Notes', read: () => ({ items: [] }) }],
  [{ collection: 'x' }], [{ collection: 'x', read: () => ({ items: [] }), write: () => null }], [{ collection: 'x', read: () => ({ items: [] }), schema: {} }],
])('%j is no collection', (wrong) => {
  expect(() => new DataHub(() => undefined, mailboxes()).provide(wrong as never)).toThrow(TypeError)
})

test('a collection with a key that is none is told what is known', () => {
  const wrong = { collection: 'x', read: () => ({ items: [] }), writ: () => null }
  expect(() => new DataHub(() => undefined, mailboxes()).provide(wrong as never))
    .toThrow(new TypeError('provide has no "writ"; it knows collection, schema, query, read, write, subscribe.'))
})
