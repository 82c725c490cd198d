/** What the app gives its extensions itself: collections and capabilities, from scripts and from components. */
import type { Extension, Glovebox, GloveboxOptions, ProvidedCapability, ProvidedCollection, StandardSchema } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { failure, openBox, pkg, until } from './box-harness.ts'

interface Note { readonly id: number, readonly text: string }

const may = (name: string, scope: unknown): unknown => ({ name, scope, reason: 'to test' })
const ALL = [
  may('data:read', { collections: ['notes'] }), may('data:write', { collections: ['notes'] }), may('host:call', { capabilities: ['notes.read', 'notes.echo', 'notes.fail'] }),
  may('event:emit', { events: ['com.example.test/ready'] }), may('event:listen', { events: ['host/tick'] }),
]

const note: StandardSchema<Note> = { '~standard': { version: 1, vendor: 'test', validate: (value) => {
  const { id, text } = Object(value) as { readonly id?: unknown, readonly text?: unknown }
  return typeof id === 'number' && typeof text === 'string' ? { value: { id, text } } : { issues: [{ message: 'a note, please' }] }
} } }

/** A collection of notes with its doors. */
function createNotes(): { collection: ProvidedCollection, rows: Note[], listeners: Set<(change: unknown) => void>, callers: unknown[] } {
  const rows: Note[] = [{ id: 1, text: 'one' }, { id: 2, text: 'two' }, { id: 3, text: 'three' }]
  const listeners = new Set<(change: unknown) => void>()
  const callers: unknown[] = []
  return { rows, listeners, callers, collection: {
    collection: 'notes',
    schema: note,
    read: (query, { cursor, limit, extension }) => {
      callers.push(extension)
      const from = Number(cursor ?? 0)
      const found = rows.filter(({ text }) => query === null || text.includes(String(query)))
      return { items: found.slice(from, from + limit), cursor: from + limit < found.length ? String(from + limit) : null }
    },
    write: (change) => {
      rows.push(change as Note) // what the schema gave
      for (const notify of listeners) notify(change)
      return { count: rows.length }
    },
    subscribe: (notify) => {
      listeners.add(notify)
      return () => void listeners.delete(notify)
    },
  } }
}

const capability: ProvidedCapability = {
  capability: 'notes',
  wit: 'acme:app/notes',
  methods: {
    getNotes: { needs: 'read', run: ([prefix]) => [{ id: 7, text: `${String(prefix)}!`, rawBytes: Uint8Array.of(1, 2) }] },
    echo: { run: (args) => args },
    fail: { run: () => { throw new Error('secret of the app') } },
    never: { needs: 'read', run: () => new Promise(() => undefined) },
  },
}

const SCRIPT = `
const changes = []
export const read = async (collection, query) => {
  const items = []
  for (let cursor = null; ; ) {
    const page = await glovebox.data.read(collection, query, { cursor, limit: 2 })
    items.push(...page.items)
    cursor = page.cursor
    if (cursor === null) return items
  }
}
export const write = (collection, change) => glovebox.data.write(collection, change)
export async function follow(collection) { await glovebox.data.subscribe(collection, (item) => { changes.push(item) }) }
export async function iterate(collection) { for await (const item of glovebox.data.subscribe(collection)) changes.push(item); changes.push('end') }
export const seen = () => changes
export const call = (method, ...args) => glovebox.host.call(method, ...args)
`

async function open(provided: readonly (ProvidedCollection | ProvidedCapability)[], permissions: readonly unknown[] = ALL, options: Partial<GloveboxOptions> = {}): Promise<{ box: Glovebox, script: Extension }> {
  const box = await openBox(options)
  for (const one of provided) await box.provide(one)
  return { box, script: await box.install(pkg(SCRIPT, { permissions })) }
}

async function openComponent(box: Glovebox, permissions: readonly unknown[] = ALL): Promise<Extension> {
  const response = await fetch(new URL('../fixtures/broker/broker.wasm', import.meta.url))
  return box.install({
    manifest: { id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], permissions },
    files: { 'main.wasm': new Uint8Array(await response.arrayBuffer()) },
  })
}

describe('a collection', () => {
  test('is read in pages, written through its schema, and tells of changes', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])
    await script.call('follow', ['notes'])

    expect(await script.call('read', ['notes', null])).toEqual(notes.rows)
    expect(await script.call('read', ['notes', 't'])).toEqual([{ id: 2, text: 'two' }, { id: 3, text: 'three' }])
    expect(await script.call('write', ['notes', { id: 4, text: 'four', admin: true }])).toEqual({ count: 4 })
    await until(async () => (await script.call('seen') as unknown[]).length === 1, 'the change')
    expect([await script.call('seen'), notes.rows[3], notes.callers[0]])
      .toEqual([[{ change: { id: 4, text: 'four' }, lost: 0 }], { id: 4, text: 'four' }, { id: 'com.example.test', origin: 'local' }])
  })

  test('takes no change that does not fit', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])

    await expect(script.call('write', ['notes', { id: 'x' }])).rejects.toThrow('a note, please')
    expect(notes.rows.length).toBe(3)
  })

  test('is closed to those who may not, and to other names', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection, { ...notes.collection, collection: 'secrets' }], [may('data:read', { collections: ['notes'] })])

    await expect(script.call('write', ['notes', { id: 1, text: '' }])).rejects.toThrow('does not ask for')
    await expect(script.call('read', ['secrets', null])).rejects.toThrow('does not cover')
    await expect(script.call('read', ['__proto__', null])).rejects.toThrow('provides no collection')
  })

  test('sends nothing after a revocation, and lets the app know', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])
    await script.call('follow', ['notes'])
    await script.permissions.revoke('data:read')

    await until(() => notes.listeners.size === 0, 'the end of the subscription')
    expect(await script.call('seen')).toEqual([])
  })

  test('ends for its readers when it is withdrawn', async () => {
    const notes = createNotes()
    const box = await openBox()
    const withdraw = await box.provide(notes.collection)
    const script = await box.install(pkg(SCRIPT, { permissions: ALL }))
    const iterating = script.call('iterate', ['notes'])
    await until(() => notes.listeners.size === 1, 'the subscription')
    withdraw()
    await iterating

    expect(await script.call('seen')).toEqual(['end'])
    await expect(script.call('read', ['notes', null])).rejects.toThrow('provides no collection')
  })

  test('is read, written and followed by a component', async () => {
    const notes = createNotes()
    const box = await openBox()
    await box.provide(notes.collection)
    const component = await openComponent(box)
    const changes = component.call('changes', ['notes', 1])
    await until(() => notes.listeners.size === 1, 'the subscription')
    for (const notify of notes.listeners) notify({ id: 9 })

    expect(await changes).toEqual(['0 {"id":9}'])
    expect(await component.call('read', ['notes', '"e"'])).toEqual(['{"id":1,"text":"one"}', '{"id":3,"text":"three"}'])
    expect(await component.call('write', ['notes', '{"id":4,"text":"four"}'])).toBe('{"count":4}')
    await expect(component.call('write', ['notes', '{"id":4'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
  })
})

describe('a capability of the app', () => {
  test('is called by name, with values of every kind', async () => {
    const { script } = await open([capability])

    expect(await script.call('call', ['notes.getNotes', 'a'])).toEqual([{ id: 7, text: 'a!', rawBytes: Uint8Array.of(1, 2) }])
    expect(await script.call('call', ['notes.echo', new Date(5), 7n, new Map([[1, 2]])])).toEqual([new Date(5), 7n, new Map([[1, 2]])])
  })

  test('is an interface of the app for a component, with its types, and JSON besides', async () => {
    const box = await openBox()
    await box.provide(capability)
    const component = await openComponent(box)

    expect(await component.call('notes', ['x'])).toEqual(['7 x! [1, 2]'])
    expect(await component.call('call', ['notes.echo', '[1,{"a":null}]'])).toBe('[1,{"a":null}]')
    await expect(component.call('call', ['notes.echo', '{}'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
  })

  test('is refused to a component that may not, as an error it can handle', async () => {
    const box = await openBox()
    await box.provide(capability)
    const component = await openComponent(box, [])

    await expect(component.call('notes', ['x'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
    await expect(component.call('call', ['notes.echo', '[]'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
  })

  test.each(['notes.nothing', 'notes.constructor', '__proto__', 'notes.__proto__', 'acme:app/other#get-notes', 'storage.get', 'host.call'])('has no %s', async (name) => {
    const { script } = await open([capability])
    await expect(script.call('call', [name])).rejects.toThrow('provides no')
  })

  test('keeps what it throws to itself', async () => {
    const heard: string[] = []
    const hear = (event: ErrorEvent): void => {
      heard.push(event.message)
      event.preventDefault()
    }
    addEventListener('error', hear)
    const { script } = await open([capability])
    const error = await failure(script.call('call', ['notes.fail']))
    removeEventListener('error', hear)

    expect(`${error.message} ${String(error['guestStack'])}`).not.toContain('secret')
    expect(heard.join()).toContain('secret of the app')
  })

  test('that never answers ends with the permission', async () => {
    const { script } = await open([capability])
    const waiting = script.call('call', ['notes.never'])
    waiting.catch(() => undefined)
    await script.call('call', ['notes.getNotes', ''])
    await script.permissions.revoke('host:call')

    await expect(waiting).rejects.toThrow('revoked')
  })
})

test('a component hears and emits events', async () => {
  const box = await openBox()
  const component = await openComponent(box)
  box.events.listen('com.example.test/ready', () => {
    for (const value of [1, { a: 'b' }]) void box.events.emit('host/tick', value)
  })

  expect(await component.call('listen', ['host/tick', 'com.example.test/ready', 2])).toEqual(['0 1', '0 {"a":"b"}'])
  await expect(component.call('emit', ['host/tick', '1'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
  await expect(component.call('emit', ['com.example.test/ready', '{'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
})

test('what is provided has a name of its own', async () => {
  const box = await openBox()
  const run = (): void => undefined
  await box.provide(capability)
  for (const wrong of [
    capability, { capability: 'storage', methods: { a: { run } } }, { capability: 'Notes', methods: { a: { run } } }, { capability: 'x', methods: {} },
    { capability: 'x', wit: 'wasi:http/types', methods: { a: { run } } }, { capability: 'x', methods: { 'a-b': { run } } },
    { collection: 'x/y', read: () => ({ items: [] }) }, { collection: 'x', read: () => ({ items: [] }), write: run },
  ]) await expect(box.provide(wrong)).rejects.toThrow(TypeError)
})
