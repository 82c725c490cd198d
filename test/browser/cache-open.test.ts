/** Opening, being closed by others, and failing: everything about the connection that memory does not have. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDatabase, SCHEMA_VERSION } from '../../src/cache/open.ts'
import { openStore, type Store, type StoreOptions } from '../../src/cache/store.ts'
import { bytes, digest, installation, key, record } from '../conformance/store.ts'
import { deleteDatabase, freshName, ManualTimers, openRaw, settle, writeRaw } from './cache-harness.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Fails the test when, at its end, anything of ours still holds the database open. */
function named(): string {
  const name = freshName()
  cleanups.push(() => deleteDatabase(name))
  return name
}

async function open(name: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ name, kind: 'indexeddb', indexedDB, ...options })
  cleanups.push(() => store.dispose())
  return store
}

function databaseOptions(name: string, timers: ManualTimers, version?: number) {
  const options = { name: `glovebox:${name}`, indexedDB, onClose: () => undefined, blockedMs: 5000, setTimer: timers.setTimer }
  return version === undefined ? options : { ...options, version }
}

const SET = { ifVersion: undefined, quotaBytes: 100_000 }

describe('opening', () => {
  it('finds everything again after a reload', async () => {
    const name = named()
    const first = await open(name)
    await first.installed.put(record('a'))
    await first.packages.put({ digest: digest('a'), manifest: '{}', files: [{ path: 'main.js', bytes: bytes(1) }] })
    await first.prepared.put('k', bytes(2))
    await first.openStorage(installation('a')).set('k', { text: '1', buffers: [bytes(3)] }, SET)
    first.dispose()
    const second = await open(name)

    expect(await second.installed.list()).toEqual([record('a')])
    expect((await second.packages.get(digest('a')))?.files[0]?.bytes).toEqual(bytes(1))
    expect(await second.prepared.get('k')).toEqual(bytes(2))
    expect(await second.openStorage(installation('a')).get('k')).toEqual({ value: { text: '1', buffers: [bytes(3)] }, version: 1 })
  })

  it.each<[string, IDBFactory | undefined]>([
    ['is missing', undefined],
    ['throws, as in an opaque origin', factoryWith(() => { throw new DOMException('denied', 'SecurityError') })],
    ['answers with an error, as in some private modes', factoryWith((name, version) => {
      const request = indexedDB.open(name, version)
      request.addEventListener('upgradeneeded', () => request.transaction?.abort())
      return request
    })],
  ])('says that another kind of store must be chosen when IndexedDB %s', async (_, factory) => {
    const opening = openStore({ name: named(), kind: 'indexeddb', indexedDB: factory })

    await expect(opening).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringContaining("store: 'memory'") })
  })

  it('refuses a database that a newer version made', async () => {
    const name = named()
    const newer = await openRaw(name, SCHEMA_VERSION + 1)
    newer.close()

    await expect(open(name)).rejects.toMatchObject({ code: 'store-failed', details: { reason: 'VersionError' } })
  })

  it('upgrades an old database that nobody holds, and starts no timer that stays', async () => {
    const name = named()
    ;(await open(name)).dispose()
    const timers = new ManualTimers()
    const database = await openDatabase(databaseOptions(name, timers, SCHEMA_VERSION + 1))
    database.dispose()

    expect(timers.length).toBe(0)
  })

  it('begins the audit log anew where its blocks are of an older form, and only there', async () => {
    const name = named()
    const block = { text: '{}', previous: '0'.repeat(64), mac: '0'.repeat(64) }
    const old = await openRaw(name, 3, (connection) => connection.createObjectStore('audit'))
    await writeRaw(old, 'audit', ['block', '0'.repeat(16)], { text: '{}', mac: '0'.repeat(64) })
    await writeRaw(old, 'audit', ['tail', ''], { first: 0, next: 1, mac: '0'.repeat(64), size: 2 })
    old.close()
    const store = await open(name)
    expect(await store.audit.tail()).toBeUndefined()
    expect(await store.audit.firsts(0, 10)).toEqual([])
    await store.audit.append({ expected: undefined, blocks: [{ first: 0, ...block }], drop: [], tail: { first: 0, next: 1, mac: block.mac, size: 2 }, isStrict: true })
    store.dispose()
    const upgraded = await openRaw(name, SCHEMA_VERSION + 1)
    upgraded.close()

    const newer = await openDatabase(databaseOptions(name, new ManualTimers(), SCHEMA_VERSION + 2))
    expect(await newer.run({ tables: ['audit'], mode: 'readonly' }, (table) => table('audit').get(['block', '0'.repeat(16)]))).toEqual(block)
    newer.dispose()
  })

  it('gives up when another tab holds an old version for blockedMs, and leaves no connection behind', async () => {
    const name = named()
    const holder = await openRaw(name, SCHEMA_VERSION)
    const timers = new ManualTimers()
    const opening = openDatabase(databaseOptions(name, timers, SCHEMA_VERSION + 1))
    await vi.waitUntil(() => timers.has(5000))
    timers.fire(5000)

    await expect(opening).rejects.toMatchObject({ code: 'store-blocked' })
    expect(timers.length).toBe(0)
    holder.close()
  })

  it('waits for blockedMs of real time', async () => {
    const name = named()
    const holder = await openRaw(name, SCHEMA_VERSION)
    const setTimer = (callback: () => void, ms: number) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    }
    const opening = openDatabase({ ...databaseOptions(name, new ManualTimers(), SCHEMA_VERSION + 1), blockedMs: 50, setTimer })

    await expect(opening).rejects.toMatchObject({ code: 'store-blocked' })
    holder.close()
  })

  it('goes on when the other tab closes in time', async () => {
    const name = named()
    const holder = await openRaw(name, SCHEMA_VERSION)
    const timers = new ManualTimers()
    const opening = openDatabase(databaseOptions(name, timers, SCHEMA_VERSION + 1))
    await vi.waitUntil(() => timers.has(5000))
    holder.close()
    const database = await opening

    expect(timers.length).toBe(0)
    database.dispose()
  })

  it('does not wait for ever behind a deletion that another tab blocks', async () => {
    const name = named()
    const holder = await openRaw(name, SCHEMA_VERSION)
    const deletion = indexedDB.deleteDatabase(`glovebox:${name}`)
    const timers = new ManualTimers()
    const opening = openStore({ name, kind: 'indexeddb', indexedDB, setTimer: timers.setTimer })
    await vi.waitUntil(() => timers.has(20_000))
    timers.fire(20_000)

    await expect(opening).rejects.toMatchObject({ code: 'store-blocked' })
    holder.close()
    await settle(deletion)
  })
})

describe('being closed from outside', () => {
  it.each([
    ['deleted', (name: string) => deleteDatabase(name)],
    ['upgraded', async (name: string) => (await openRaw(name, SCHEMA_VERSION + 1)).close()],
  ] as const)('steps aside when another tab has it %s, and says so', async (reason, act) => {
    const name = named()
    const onVersionChange = vi.fn()
    const store = await open(name, { onVersionChange })
    await store.installed.put(record('a'))
    await act(name)

    expect(onVersionChange.mock.calls).toEqual([[reason]])
    await expect(store.installed.list()).rejects.toMatchObject({ code: 'store-failed', details: { reason } })
    await expect(store.openStorage(installation('a')).set('k', { text: '', buffers: [] }, SET)).rejects.toMatchObject({ code: 'store-failed' })
  })

  it('settles everything that was under way', async () => {
    const name = named()
    const store = await open(name)
    await store.installed.put(record('a'))
    const storage = store.openStorage(installation('a'))
    const sets = Array.from({ length: 50 }, (_, n) => storage.set(`k${n}`, { text: 'x', buffers: [] }, SET))
    const deletion = deleteDatabase(name)

    const results = await Promise.allSettled(sets)
    expect(results.every((result) => result.status === 'fulfilled' || result.reason.code === 'store-failed')).toBe(true)
    await deletion
  })

  it('finishes or rejects what was under way at dispose', async () => {
    const store = await open(named())
    const puts = [1, 2, 3].map((n) => store.prepared.put(`k${n}`, new ArrayBuffer(100_000)))
    store.dispose()

    const results = await Promise.allSettled(puts)
    expect(results.every((result) => result.status === 'fulfilled' || result.reason.code === 'disposed')).toBe(true)
  })
})

describe('failing', () => {
  const failing = async (name: string): Promise<{ store: Store; set: (text: string) => Promise<unknown> }> => {
    const store = await open(name)
    await store.installed.put(record('a'))
    const set = (text: string): Promise<unknown> => store.openStorage(installation('a')).set('k', { text, buffers: [] }, SET)
    await set('old')
    return { store, set }
  }
  const patchPut = (replacement: (this: IDBObjectStore, put: () => IDBRequest<IDBValidKey>) => IDBRequest<IDBValidKey>): void => {
    const original = IDBObjectStore.prototype.put
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, at) {
      // Only the second write of the transaction, so that the first must be undone.
      return this.name === 'usage' ? replacement.call(this, () => original.call(this, value, at)) : original.call(this, value, at)
    })
    cleanups.push(() => spy.mockRestore())
  }

  it.each<[string, string, Parameters<typeof patchPut>[0]]>([
    ['a write throws', 'QuotaExceededError', () => { throw new DOMException('full', 'QuotaExceededError') }],
    ['the transaction is aborted', 'AbortError', function (put) {
      const request = put()
      this.transaction.abort()
      return request
    }],
  ])('keeps the old value and tells the reason when %s', async (_, reason, replacement) => {
    const { store, set } = await failing(named())
    patchPut(replacement)

    await expect(set('new')).rejects.toMatchObject({ code: 'store-failed', details: { reason } })
    vi.restoreAllMocks()
    expect((await store.openStorage(installation('a')).get('k'))?.value.text).toBe('old')
    expect(await set('newer')).toBe(2)
  })

  it('keeps the old value when the new one cannot be cloned', async () => {
    const { store } = await failing(named())
    const detached = new ArrayBuffer(8)
    structuredClone(detached, { transfer: [detached] })

    await expect(store.openStorage(installation('a')).set('k', { text: '', buffers: [detached] }, SET)).rejects.toMatchObject({ code: 'store-failed' })
    expect((await store.openStorage(installation('a')).get('k'))?.value.text).toBe('old')
  })

  it('reads a package although the disk is too full to note that it was used', async () => {
    const store = await open(named())
    await store.packages.put({ digest: digest('a'), manifest: '{}', files: [] })
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => { throw new DOMException('full', 'QuotaExceededError') })
    cleanups.push(() => spy.mockRestore())

    expect(await store.packages.get(digest('a'))).toBeDefined()
  })

  it('survives rows that something else wrote', async () => {
    const name = named()
    const store = await open(name)
    const raw = await openRaw(name)
    for (const table of ['entries', 'bodies', 'installed', 'grants', 'values', 'usage']) {
      await writeRaw(raw, table, ['only one part'], 1)
      await settle(raw.transaction(table, 'readwrite').objectStore(table).put({ wrong: 1 }, 7))
      await writeRaw(raw, table, [key('a'), ''], { text: 1 })
    }
    raw.close()
    await store.installed.put(record('a'))

    expect(await store.installed.list()).toEqual([record('a')])
    expect((await store.grants.listFor(key('a'))).records).toEqual([])
    expect(await store.openStorage(installation('a')).set('k', { text: '', buffers: [] }, SET)).toBe(1)
    await store.packages.put({ digest: digest('a'), manifest: '{}', files: [] })
    expect(await store.packages.get(digest('a'))).toBeDefined()
  })
})

describe('two tabs at once', () => {
  it('never exceed the quota together, and never give one version twice', async () => {
    const name = named()
    const [first, second] = [await open(name), await open(name)]
    await first.installed.put(record('a'))
    const stores = [first.openStorage(installation('a')), second.openStorage(installation('a'))]
    const value = { text: 'x'.repeat(34), buffers: [] } // 100 bytes with a key of 2 and its record
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) =>
      stores[n % 2]?.set(`${10 + n}`, value, { ifVersion: undefined, quotaBytes: 1000 })))

    const versions = results.filter((result) => typeof result === 'number')
    expect(versions).toHaveLength(10)
    expect(new Set(versions).size).toBe(10)
    expect(await stores[0]?.list({ prefix: '', after: undefined, limit: 100 })).toHaveLength(10)
  })

  it('cannot both take an id, nor both win a compare-and-swap', async () => {
    const name = named()
    const [first, second] = [await open(name), await open(name)]
    const claims = await Promise.all([first.installed.put(record('a', { origin: 'x' })), second.installed.put(record('a', { origin: 'y' }))])
    const origin = claims[0] ? 'x' : 'y'
    const sets = await Promise.all([first, second].map((store) =>
      store.openStorage(installation('a', origin)).set('k', { text: '', buffers: [] }, { ifVersion: 0, quotaBytes: 1000 })))

    expect([...claims].sort()).toEqual([false, true])
    expect([...sets].sort()).toEqual([1, 'conflict'])
  })

  it('see each other\'s decisions at once', async () => {
    const name = named()
    const [first, second] = [await open(name), await open(name)]
    await first.grants.put({ key: key('a'), generation: 0 }, [{ digest: digest('a'), name: 'http:read', terms: '{}', state: 'granted', decidedAt: 1 }])
    expect((await second.grants.listFor(key('a'))).records).toHaveLength(1)
    await second.grants.delete({ key: key('a'), generation: 0 }, 'http:read', digest('a'))

    expect((await first.grants.listFor(key('a'))).records).toEqual([])
  })
})

function factoryWith(openRequest: (name: string, version?: number) => IDBOpenDBRequest): IDBFactory {
  return {
    open: openRequest,
    cmp: (a, b) => indexedDB.cmp(a, b),
    databases: () => indexedDB.databases(),
    deleteDatabase: (name) => indexedDB.deleteDatabase(name),
  }
}
