/**
 * What every store must do, called once for each kind: memory in Node and in the browser, IndexedDB in each engine.
 * `open` gives a fresh, empty store; `reopen` a second connection to the same data.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store, StoreOptions } from '../../src/cache/store.ts'
import { type Digest, parseDigest } from '../../src/manifest/digest.ts'
import { type ExtensionKey, extensionKey, type Installation } from '../../src/manifest/identity.ts'
import type { InstalledRecord } from '../../src/cache/installed.ts'
import type { StoredPackage } from '../../src/manifest/stored-package.ts'
import { describeFiles } from './store-files.ts'
import { describeStorage } from './store-storage.ts'
import { describeTotals } from './store-totals.ts'
import { describeVault } from './store-vault.ts'

export type OpenStore = (options?: Partial<StoreOptions>) => Promise<Store>

export function digest(character: string): Digest {
  return parseDigest(`sha256:${character.repeat(64)}`)
}

export function key(id: string, origin = 'local'): ExtensionKey {
  return extensionKey({ id, origin })
}

export function installation(id: string, origin = 'local', generation = 0): Installation {
  return { key: key(id, origin), generation }
}

export function record(id: string, fields: Partial<InstalledRecord> = {}): InstalledRecord {
  return { id, origin: 'local', digest: digest('a'), trustKind: 'development', source: null, installedAt: 1, isPinned: false, extra: {}, ...fields }
}

export function bytes(...values: number[]): ArrayBuffer {
  return new Uint8Array(values).buffer
}

export function describeStore(open: OpenStore): void {
  describePackages(open)
  describePrepared(open)
  describeInstalled(open)
  describeGrants(open)
  describeRemoval(open)
  describeStorage(open)
  describeFiles(open)
  describeTotals(open)
  describeVault(open)
}

/** Opens before and disposes after each test of the block. */
export function useStore(open: OpenStore, options?: Partial<StoreOptions>): { readonly store: Store } {
  let current: Store | undefined
  beforeEach(async () => {
    current = await open(options)
  })
  afterEach(() => current?.dispose())
  return {
    get store(): Store {
      if (current === undefined) throw new Error('The store is open inside tests only.')
      return current
    },
  }
}

function describePackages(open: OpenStore): void {
  describe('packages', () => {
    const clock = { ms: 1000 }
    const used = useStore(open, { maxCacheBytes: 100, now: () => clock.ms++ })
    const sized = (character: string, size: number): StoredPackage =>
      ({ digest: digest(character), manifest: '', files: [{ path: 'a.js', bytes: new ArrayBuffer(size) }] })

    it('gives back manifest text and files as they were put', async () => {
      const files = [{ path: 'main.js', bytes: bytes(1, 2, 3) }, { path: '__proto__', bytes: bytes() }]
      const stored = { digest: digest('1'), manifest: '{"id":"\u00e9"}', files }
      await used.store.packages.put(stored)

      expect(await used.store.packages.get(digest('1'))).toEqual(stored)
      expect(await used.store.cacheUsage()).toEqual({ count: 1, bytes: 14 })
    })

    it('knows nothing of a digest that was never put, or was dropped', async () => {
      await used.store.packages.put(sized('1', 1))
      await used.store.packages.drop(digest('1'))
      await used.store.packages.drop(digest('2'))

      expect(await used.store.packages.get(digest('1'))).toBeUndefined()
      expect(await used.store.packages.get(digest('2'))).toBeUndefined()
      expect(await used.store.cacheUsage()).toEqual({ count: 0, bytes: 0 })
    })

    it('shares no buffer with the one who put or got it', async () => {
      const given = new Uint8Array([1, 2])
      await used.store.packages.put({ digest: digest('1'), manifest: '', files: [{ path: 'a', bytes: given.buffer }] })
      given[0] = 9
      const first = await used.store.packages.get(digest('1'))
      new Uint8Array(first?.files[0]?.bytes ?? new ArrayBuffer(1))[0] = 8

      expect((await used.store.packages.get(digest('1')))?.files[0]?.bytes).toEqual(bytes(1, 2))
    })

    it('evicts the least recently used at the cap', async () => {
      await used.store.packages.put(sized('1', 40))
      await used.store.packages.put(sized('2', 40))
      await used.store.packages.get(digest('1'))
      await used.store.packages.put(sized('3', 40))

      expect(await used.store.packages.get(digest('2'))).toBeUndefined()
      expect(await used.store.packages.get(digest('1'))).toBeDefined()
      expect(await used.store.packages.get(digest('3'))).toBeDefined()
    })

    it('counts a package that is put again once', async () => {
      await used.store.packages.put(sized('1', 60))
      await used.store.packages.put(sized('1', 70))

      expect(await used.store.cacheUsage()).toEqual({ count: 1, bytes: 70 })
    })

    it('never evicts a pinned package nor the one just put, even over the cap', async () => {
      await used.store.packages.put(sized('1', 90))
      await used.store.installed.put(record('com.acme.pinned', { digest: digest('1'), isPinned: true }))
      await used.store.installed.put(record('com.acme.loose', { digest: digest('2'), source: 'https://a.example/' }))
      await used.store.packages.put(sized('2', 90))
      await used.store.packages.put(sized('3', 200))

      expect(await used.store.packages.get(digest('1'))).toBeDefined()
      expect(await used.store.packages.get(digest('2'))).toBeUndefined()
      expect(await used.store.packages.get(digest('3'))).toBeDefined()
    })
  })

  describe('packages with a TTL', () => {
    const clock = { ms: 1000 }
    const used = useStore(open, { cacheTtlMs: 100, now: () => clock.ms })
    const stored = (character: string) => ({ digest: digest(character), manifest: '{}', files: [] })

    it('are gone when it is over, used or not, and removed by the next put', async () => {
      await used.store.packages.put(stored('1'))
      clock.ms += 99
      expect(await used.store.packages.get(digest('1'))).toBeDefined()
      clock.ms += 1
      expect(await used.store.packages.get(digest('1'))).toBeUndefined()
      await used.store.packages.put(stored('2'))

      expect((await used.store.cacheUsage()).count).toBe(1)
    })

    it('stay when pinned', async () => {
      await used.store.packages.put(stored('1'))
      await used.store.installed.put(record('com.acme.one', { digest: digest('1'), isPinned: true }))
      clock.ms += 1000
      await used.store.packages.put(stored('2'))

      expect(await used.store.packages.get(digest('1'))).toBeDefined()
    })
  })
}

function describePrepared(open: OpenStore): void {
  describe('prepared output', () => {
    const used = useStore(open, { maxCacheBytes: 10 })

    it('comes back by its key', async () => {
      await used.store.prepared.put('k', bytes(1, 2, 3))

      expect(await used.store.prepared.get('k')).toEqual(bytes(1, 2, 3))
      expect(await used.store.prepared.get('other')).toBeUndefined()
      expect(await used.store.packages.get(digest('1'))).toBeUndefined()
    })

    it('is evicted together with packages under one cap', async () => {
      await used.store.prepared.put('k', bytes(1, 2, 3))
      await used.store.packages.put({ digest: digest('1'), manifest: '', files: [{ path: 'a', bytes: new ArrayBuffer(9) }] })

      expect(await used.store.prepared.get('k')).toBeUndefined()
      expect(await used.store.packages.get(digest('1'))).toBeDefined()
    })

    it('is gone after a drop', async () => {
      await used.store.prepared.put('k', bytes(1))
      await used.store.prepared.drop('k')

      expect(await used.store.prepared.get('k')).toBeUndefined()
    })
  })
}

function describeInstalled(open: OpenStore): void {
  describe('installed records', () => {
    const used = useStore(open)

    it('come back as they were put, listed by id', async () => {
      const extra = { name: 'B', size: 3, unsigned: true, note: null }
      const second = record('com.acme.b', { source: 'https://a.example/glovebox.json', isPinned: true, extra })
      await used.store.installed.put(second)
      await used.store.installed.put(record('com.acme.a'))

      expect(await used.store.installed.list()).toEqual([record('com.acme.a'), second])
      expect(await used.store.installed.get(key('com.acme.b'))).toEqual(second)
      expect(await used.store.installed.get(key('com.acme.c'))).toBeUndefined()
    })

    it('are replaced by another version of the same identity', async () => {
      await used.store.installed.put(record('com.acme.a'))

      expect(await used.store.installed.put(record('com.acme.a', { digest: digest('b') }))).toBe(true)
      expect((await used.store.installed.get(key('com.acme.a')))?.digest).toBe(digest('b'))
    })

    it('keep an id for its origin until it is removed', async () => {
      await used.store.installed.put(record('com.acme.a', { origin: 'https://a.example/' }))

      expect(await used.store.installed.put(record('com.acme.a', { origin: 'https://b.example/' }))).toBe(false)
      expect(await used.store.installed.originOf('com.acme.a')).toBe('https://a.example/')
      expect(await used.store.installed.list()).toHaveLength(1)
      await used.store.removeExtension(key('com.acme.a', 'https://a.example/'))
      expect(await used.store.installed.originOf('com.acme.a')).toBeUndefined()
      expect(await used.store.installed.put(record('com.acme.a', { origin: 'https://b.example/' }))).toBe(true)
    })

    it('let only one of two origins that race have the id', async () => {
      const results = await Promise.all(['x', 'y', 'z'].map((origin) => used.store.installed.put(record('com.acme.a', { origin }))))

      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await used.store.installed.list()).toHaveLength(1)
    })
  })
}

function describeGrants(open: OpenStore): void {
  describe('grants', () => {
    const used = useStore(open)
    const grant = (extension: ExtensionKey, name: string, state: 'granted' | 'denied' | 'revoked' = 'granted', code = 'a') =>
      ({ key: extension, digest: digest(code), name, terms: '{"scope":{}}', state, decidedAt: 5 })
    const first = (extension: ExtensionKey) => ({ key: extension, generation: 0 })
    const put = (...grants: readonly ReturnType<typeof grant>[]) =>
      Promise.all(grants.map((one) => used.store.grants.put(first(one.key), [one])))
    const listFor = async (extension: ExtensionKey) => (await used.store.grants.listFor(extension)).records

    it('belong to one extension', async () => {
      await put(grant(key('a'), 'http:read'), grant(key('a'), 'http:write', 'denied'), grant(key('a', 'other'), 'http:read'))

      expect(await listFor(key('a'))).toEqual([grant(key('a'), 'http:read'), grant(key('a'), 'http:write', 'denied')])
      expect(await listFor(key('b'))).toEqual([])
    })

    it('are replaced by a later decision of the same name', async () => {
      await put(grant(key('a'), 'http:read'))
      await put(grant(key('a'), 'http:read', 'denied'))

      expect(await listFor(key('a'))).toEqual([grant(key('a'), 'http:read', 'denied')])
    })

    it('of other code stay, for a rollback, until the permission is revoked', async () => {
      await put(grant(key('a'), 'http:read'), grant(key('a'), 'http:write'), grant(key('b'), 'http:read'))
      await put(grant(key('a'), 'http:read', 'denied', 'b'))
      expect((await listFor(key('a'))).map(({ name, state }) => [name, state])).toEqual([
        ['http:read', 'granted'], ['http:read', 'denied'], ['http:write', 'granted'],
      ])
      await put(grant(key('a'), 'http:read', 'revoked', 'b'))

      expect((await listFor(key('a'))).map(({ name, state }) => [name, state])).toEqual([['http:read', 'revoked'], ['http:write', 'granted']])
      expect(await listFor(key('b'))).toHaveLength(1)
    })

    it('are kept of the eight codes that were written about last, however old the decisions are', async () => {
      for (const code of '9876543210') await put(grant(key('a'), 'http:read', 'granted', code))
      await put(grant(key('a'), 'http:write', 'granted', '6'), grant(key('a'), 'http:write', 'granted', 'f'))

      expect(new Set((await listFor(key('a'))).map((item) => item.digest))).toEqual(new Set([...'0123456f'].map((code) => digest(code))))
    })

    it('are deleted one by one, and no other extension\'s', async () => {
      await put(grant(key('a'), 'http:read'), grant(key('a'), 'http:write'), grant(key('b'), 'http:read'))
      await used.store.grants.delete(first(key('a')), 'http:read', digest('a'))

      expect((await listFor(key('a'))).map((item) => item.name)).toEqual(['http:write'])
      expect(await listFor(key('b'))).toHaveLength(1)
    })

    it('of an install are written with its record, or neither is', async () => {
      const { installed } = used.store
      const install = (id: string, origin: string, generation: number): Promise<boolean> =>
        installed.put(record(id, { origin }), generation, [grant(key(id, origin), 'http:read'), grant(key(id, origin), 'http:write')])

      expect(await install('a', 'https://a.example/', 0)).toBe(true)
      expect(await listFor(key('a', 'https://a.example/'))).toHaveLength(2)
      expect(await install('a', 'https://b.example/', 0)).toBe(false)
      await expect(install('b', 'local', 7)).rejects.toMatchObject({ code: 'not-installed' })
      expect([await listFor(key('a', 'https://b.example/')), await listFor(key('b', 'local')), await installed.list()]).toMatchObject([[], [], [{ id: 'a' }]])
    })

    it('of a generation that an uninstall has ended are neither written nor deleted, whoever comes next', async () => {
      const { grants, installed } = used.store
      await put(grant(key('a'), 'http:read'), grant(key('b'), 'http:read'))
      await used.store.removeExtension(key('a'))

      await expect(put(grant(key('a'), 'http:read'))).rejects.toMatchObject({ code: 'not-installed' })
      await expect(installed.put(record('a'), 0)).rejects.toMatchObject({ code: 'not-installed' })
      expect([await grants.listFor(key('a')), await installed.list()]).toEqual([{ generation: 1, records: [] }, []])
      expect([...(await installed.generations())]).toEqual([[key('a'), 1]])
      expect(await installed.put(record('a'), 1)).toBe(true)
      await grants.put({ key: key('a'), generation: 1 }, [grant(key('a'), 'http:read', 'denied')])
      await expect(grants.delete(first(key('a')), 'http:read', digest('a'))).rejects.toMatchObject({ code: 'not-installed' })
      expect(await listFor(key('a'))).toMatchObject([{ name: 'http:read', state: 'denied' }])
      await put(grant(key('b'), 'http:write'))
    })
  })
}

function describeRemoval(open: OpenStore): void {
  describe('removing an extension', () => {
    const used = useStore(open)

    it('takes record, grants, storage and package with it', async () => {
      const { store } = used
      await store.packages.put({ digest: digest('a'), manifest: '{}', files: [] })
      await store.installed.put(record('a'))
      await store.grants.put({ key: key('a'), generation: 0 }, [{ digest: digest('a'), name: 'http:read', terms: '{}', state: 'granted', decidedAt: 1 }])
      await store.openStorage(installation('a')).set('k', { text: '1', buffers: [] }, { ifVersion: undefined, quotaBytes: 1000 })
      await store.removeExtension(key('a'))

      expect(await store.installed.list()).toEqual([])
      expect((await store.grants.listFor(key('a'))).records).toEqual([])
      expect(await store.openStorage(installation('a', 'local', 1)).get('k')).toBeUndefined()
      expect(await store.packages.get(digest('a'))).toBeUndefined()
    })

    it('keeps the package that another extension refers to, and all of that extension\'s', async () => {
      const { store } = used
      await store.packages.put({ digest: digest('a'), manifest: '{}', files: [] })
      await store.installed.put(record('a'))
      await store.installed.put(record('a.b'))
      await store.openStorage(installation('a.b')).set('k', { text: '1', buffers: [] }, { ifVersion: undefined, quotaBytes: 1000 })
      await store.removeExtension(key('a'))

      expect(await store.packages.get(digest('a'))).toBeDefined()
      expect((await store.openStorage(installation('a.b')).get('k'))?.value.text).toBe('1')
    })

    it.each([['before the extension is installed again', false], ['after that as well', true]])('leaves an instance that still runs without storage, %s', async (_, isBack) => {
      const { store } = used
      const anew = { ifVersion: undefined, quotaBytes: 1000 }
      await store.installed.put(record('a'))
      const late = store.openStorage(installation('a'))
      await store.removeExtension(key('a'))
      const next = store.openStorage(installation('a', 'local', 1))
      if (isBack) {
        await store.installed.put(record('a'))
        await next.set('k', { text: 'next', buffers: [] }, anew)
      }

      const list = { prefix: '', after: undefined, limit: 10 }
      const tries = [() => late.set('k', { text: '1', buffers: [] }, anew), () => late.get('k'), () => late.delete('k', { ifVersion: undefined }), () => late.list(list)]
      for (const work of tries) await expect(work()).rejects.toMatchObject({ code: 'not-installed' })
      expect(await next.list(list)).toEqual(isBack ? ['k'] : [])
    })

    it('does nothing to an unknown extension', async () => {
      await used.store.removeExtension(key('nobody'))

      expect(await used.store.installed.list()).toEqual([])
    })
  })

  it('rejects everything after dispose, twice disposed as well', async () => {
    const store = await open()
    store.dispose()
    store.dispose()

    const storage = store.openStorage(installation('a'))
    const calls = [
      store.installed.list(), store.grants.listFor(key('a')), store.packages.get(digest('a')), store.prepared.get('k'),
      storage.get('k'), store.removeExtension(key('a')),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'disposed' })
  })
}
