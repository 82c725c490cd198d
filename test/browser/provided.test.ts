/** What the app gives its extensions itself: collections and capabilities, from scripts. Components: conformance/component-broker.ts. */
import type { Extension, Glovebox, GloveboxOptions, ProvidedCapability, ProvidedCollection, StandardSchema } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { failure, openBox, pkg, until } from './box-harness.ts'
import { ALL, capability, createNotes, may } from './provided-harness.ts'

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
let idle
export async function hoard(collection) { idle = glovebox.data.subscribe(collection); await idle.opened }
export async function take(count) { const got = []; for (let i = 0; i < count; i++) got.push((await idle.next()).value); return got }
export const seen = () => changes
export const call = (method, ...args) => glovebox.host.call(method, ...args)
`

async function open(provided: readonly (ProvidedCollection | ProvidedCapability)[], permissions: readonly unknown[] = ALL, options: Partial<GloveboxOptions> = {}): Promise<{ box: Glovebox, script: Extension }> {
  const box = await openBox(options)
  for (const one of provided) await box.provide(one)
  return { box, script: await box.install(pkg(SCRIPT, { permissions })) }
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
    await expect(script.call('read', ['__proto__', null])).rejects.toThrow('does not cover')
  })

  test('sends nothing after a revocation, and lets the app know', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])
    await script.call('follow', ['notes'])
    await script.permissions.revoke('data:read')

    await until(() => notes.listeners.size === 0, 'the end of the subscription')
    expect(await script.call('seen')).toEqual([])
  })

  test('loses the oldest changes to a slow reader, and says how many', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])
    await script.call('hoard', ['notes'])
    for (const notify of notes.listeners) for (let i = 1; i <= 2000; i++) notify(i)
    const got = (await script.call('take', [200])) as { change: number, lost: number }[]
    const lost = got.reduce((sum, one) => sum + one.lost, 0)

    expect(lost).toBeGreaterThan(1000)
    expect(got.at(-1)?.change).toBe(lost + 200)
    expect(got.every(({ change, lost: before }, index) => change === (got[index - 1]?.change ?? 0) + before + 1)).toBe(true)
  })

  test('costs the app one subscription for an instance, however many its code has', async () => {
    const notes = createNotes()
    const { script } = await open([notes.collection])
    for (let i = 0; i < 64; i++) await script.call('follow', ['notes'])
    expect(notes.listeners.size).toBe(1)
    for (const notify of notes.listeners) notify('one')
    await until(async () => (await script.call('seen') as unknown[]).length === 64, 'the change, 64 times')

    await expect(script.call('follow', ['notes'])).rejects.toThrow('64 subscriptions')
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
})

describe('a capability of the app', () => {
  test('is called by name, with values of every kind', async () => {
    const { script } = await open([capability])

    expect(await script.call('call', ['notes.getNotes', 'a'])).toEqual([{ id: 7, text: 'a!', rawBytes: Uint8Array.of(1, 2) }])
    expect(await script.call('call', ['notes.echo', new Date(5), 7n, new Map([[1, 2]])])).toEqual([new Date(5), 7n, new Map([[1, 2]])])
  })

  test.each(['notes.nothing', 'notes.constructor', '__proto__', 'notes.__proto__', 'acme:app/other#get-notes', 'storage.get', 'host.call'])('has no %s', async (name) => {
    const { script } = await open([capability])
    await expect(script.call('call', [name])).rejects.toThrow('or the app has no such thing')
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

test('a schema that never answers holds nobody up once the permission has gone', async () => {
  let asked = 0
  const silent: StandardSchema<readonly unknown[]> = { '~standard': { version: 1, vendor: 'test', validate: () => (asked++, new Promise<never>(() => undefined)) } }
  const box = await openBox({ events: { 'com.example.test/silent': silent } })
  await box.provide({ capability: 'silent', methods: { list: { needs: 'read', args: silent, run: () => [] } } })
  await box.provide({ collection: 'things', schema: silent, query: silent, read: () => ({ items: [] }), write: () => 1 })
  const uses = {
    'host:call': ["glovebox.host.call('silent.list')", { capabilities: ['silent.read'] }],
    'data:read': ["glovebox.data.read('things', {})", { collections: ['things'] }],
    'data:write': ["glovebox.data.write('things', {})", { collections: ['things'] }],
    'event:emit': ["glovebox.events.emit('com.example.test/silent', 1)", { events: ['com.example.test/silent'] }],
  } as const
  const names = Object.keys(uses) as (keyof typeof uses)[] // of a literal
  const code = names.map((name, index) => `export const use${index} = () => ${uses[name][0]}.then(() => 'ok', (error) => error.code)`).join('\n')
  const extension = await box.install(pkg(code, { permissions: names.map((name) => ({ name, scope: uses[name][1], reason: 'to test' })) }))
  const calls = names.map((_, index) => extension.call(`use${index}`))
  await until(() => asked === names.length, 'each schema to be asked')
  for (const name of names) await extension.permissions.revoke(name)

  expect(await Promise.all(calls)).toEqual(names.map(() => 'permission-revoked'))
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
