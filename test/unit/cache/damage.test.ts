/** Rows that another version or a damaged profile left: whatever they hold, reading them neither throws nor gives anything but absence. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Database, TableName } from '../../../src/cache/database.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { createStore, type Store } from '../../../src/cache/store.ts'
import { bytes, digest, installation, key, record } from '../../conformance/store.ts'

const JUNK: readonly [string, unknown][] = [
  ['null', null], ['a number', 7], ['text', 'x'], ['an array', [1]], ['an empty object', {}], ['a Map', new Map()],
  ['wrong types', {
    text: 1, buffers: 'x', version: '1', bytes: -1, storedAt: null, lastUsed: NaN, digest: 'sha256:x', manifest: 5, files: {}, state: 'yes',
  }],
]

let database: Database
let store: Store

beforeEach(() => {
  database = createMemoryDatabase()
  store = createStore(database, { kind: 'memory' })
})

function write(name: TableName, at: readonly [string, string], value: unknown): Promise<void> {
  return database.run({ tables: [name], mode: 'readwrite' }, (table) => table(name).put(at, value))
}

function read(name: TableName, at: readonly [string, string]): Promise<unknown> {
  return database.run({ tables: [name], mode: 'readonly' }, (table) => table(name).get(at))
}

const OPEN = { ifVersion: undefined, quotaBytes: 1000 }

describe.each(JUNK)('a row that holds %s', (_, junk) => {
  it('is no installed record and blocks no id', async () => {
    await write('installed', ['com.acme.a', 'elsewhere'], junk)

    expect(await store.installed.list()).toEqual([])
    expect(await store.installed.get(key('com.acme.a', 'elsewhere'))).toBeUndefined()
    expect(await store.installed.originOf('com.acme.a')).toBeUndefined()
    expect(await store.installed.put(record('com.acme.a'))).toBe(true)
    expect(await store.installed.list()).toHaveLength(1)
  })

  it('is no grant', async () => {
    await write('grants', [key('a'), 'http:read'], junk)

    expect((await store.grants.listFor(key('a'))).records).toEqual([])
  })

  it('is no stored value, is replaced, and is not counted', async () => {
    await store.installed.put(record('a'))
    const storage = store.openStorage(installation('a'))
    await storage.set('k', { text: 'x', buffers: [] }, OPEN)
    await storage.set('other', { text: 'x', buffers: [] }, OPEN)
    await write('values', [key('a'), 'k'], junk)

    expect(await storage.get('k')).toBeUndefined()
    expect(await storage.delete('k', { ifVersion: undefined })).toBe(false)
    expect(await storage.set('k', { text: 'y', buffers: [] }, { ...OPEN, ifVersion: 0 })).toBe(3)
    expect(await read('usage', [key('a'), ''])).toEqual({ bytes: 2 * 64 + 1 + 1 + 5 + 1, lastVersion: 3 })
  })

  it('is no usage row: it is counted anew', async () => {
    await store.installed.put(record('a'))
    const storage = store.openStorage(installation('a'))
    await storage.set('k', { text: 'x'.repeat(99), buffers: [] }, OPEN)
    await write('usage', [key('a'), ''], junk)

    expect(await storage.set('j', { text: '', buffers: [] }, { ifVersion: undefined, quotaBytes: 200 })).toBe('quota')
    expect(await storage.set('j', { text: '', buffers: [] }, OPEN)).toBe(2)
  })

  it('is no package, whether size or body', async () => {
    for (const name of ['entries', 'bodies'] as const) {
      await store.packages.put({ digest: digest('1'), manifest: '{}', files: [{ path: 'a', bytes: bytes(1) }] })
      await write(name, ['package', digest('1')], junk)

      expect(await store.packages.get(digest('1')), name).toBeUndefined()
    }
    await store.packages.put({ digest: digest('2'), manifest: '{}', files: [] })
    expect((await store.cacheUsage()).count).toBe(1)
  })

  it('is no prepared output', async () => {
    await store.prepared.put('k', bytes(1))
    await write('bodies', ['prepared', 'k'], junk)

    expect(await store.prepared.get('k')).toBeUndefined()
    expect(await read('entries', ['prepared', 'k'])).toBeUndefined()
  })
})

describe('damaged bytes', () => {
  it('of prepared output are dropped, not returned', async () => {
    await store.prepared.put('k', bytes(1, 2, 3))
    const body = await read('bodies', ['prepared', 'k'])
    await write('bodies', ['prepared', 'k'], { ...Object(body), bytes: bytes(1, 2, 4) })

    expect(await store.prepared.get('k')).toBeUndefined()
    expect(await read('bodies', ['prepared', 'k'])).toBeUndefined()
    expect(await store.cacheUsage()).toEqual({ count: 0, bytes: 0 })
  })

  it.each([
    ['a file without bytes', { manifest: '', files: [{ path: 'a' }] }],
    ['a view instead of a buffer', { manifest: '', files: [{ path: 'a', bytes: new Uint8Array(1) }] }],
    ['a path that is no text', { manifest: '', files: [{ path: 1, bytes: new ArrayBuffer(1) }] }],
  ])('drop a package with %s', async (_, body) => {
    await store.packages.put({ digest: digest('1'), manifest: '', files: [] })
    await write('bodies', ['package', digest('1')], body)

    expect(await store.packages.get(digest('1'))).toBeUndefined()
    expect(await read('entries', ['package', digest('1')])).toBeUndefined()
  })

  it('count no more when the body of an entry is missing', async () => {
    await store.prepared.put('k', bytes(1))
    await database.run({ tables: ['bodies'], mode: 'readwrite' }, (table) => table('bodies').delete(['prepared', 'k']))

    expect(await store.prepared.get('k')).toBeUndefined()
    expect(await store.cacheUsage()).toEqual({ count: 0, bytes: 0 })
  })

  it('in a record under the key of another keep it from being read', async () => {
    await write('installed', ['com.acme.a', 'local'], { ...record('com.acme.b') })

    expect(await store.installed.get(key('com.acme.a'))).toBeUndefined()
    expect(await store.installed.list()).toEqual([])
  })
})
