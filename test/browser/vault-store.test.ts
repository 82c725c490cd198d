/** Secrets at rest: what a look into the database finds, and what comes of rows that were moved or changed. */
import { afterEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/cache/store.ts'
import { installation, key, record } from '../conformance/store.ts'
import { deleteDatabase, freshName, openRaw, settle, writeRaw } from './cache-harness.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const MANY = { maxCount: 10 }
const SECRET = 'sk-live-0123456789'

async function open(name: string): Promise<Store> {
  const store = await openStore({ name, kind: 'indexeddb', indexedDB })
  cleanups.push(() => store.dispose())
  for (const id of ['a', 'b']) await store.installed.put(record(id))
  return store
}

async function setUp(): Promise<{ readonly name: string, readonly store: Store, readonly raw: IDBDatabase }> {
  const name = freshName()
  cleanups.push(() => deleteDatabase(name))
  const store = await open(name)
  const raw = await openRaw(name)
  cleanups.push(() => raw.close())
  return { name, store, raw }
}

async function rows(raw: IDBDatabase): Promise<Map<string, unknown>> {
  const transaction = raw.transaction('vault')
  const vault = transaction.objectStore('vault')
  // WebKit holds the connection open until the transaction is over.
  const over = new Promise((resolve) => transaction.addEventListener('complete', resolve))
  const [keys, values] = await Promise.all([settle(vault.getAllKeys()), settle(vault.getAll()), over])
  return new Map(keys.map((place, index) => [JSON.stringify(place), values[index] as unknown]))
}

interface SealedRow {
  readonly iv: ArrayBuffer
  readonly sealed: ArrayBuffer
}

describe('the vault at rest', () => {
  it('holds no secret, and a key that nobody can read', async () => {
    const { store, raw } = await setUp()
    await store.openVault(installation('a')).set('token', SECRET, MANY)
    const stored = await rows(raw)
    const vaultKey = stored.get('["","key"]') as CryptoKey
    const { sealed } = stored.get(JSON.stringify([key('a'), 'token'])) as SealedRow

    expect(vaultKey.algorithm).toMatchObject({ name: 'AES-GCM', length: 256 })
    expect([vaultKey.extractable, [...vaultKey.usages].sort()]).toEqual([false, ['decrypt', 'encrypt']])
    for (const format of ['raw', 'jwk'] as const) await expect(crypto.subtle.exportKey(format, vaultKey)).rejects.toThrow()
    const wrapper = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['wrapKey'])
    await expect(crypto.subtle.wrapKey('raw', vaultKey, wrapper, { name: 'AES-GCM', iv: new Uint8Array(12) })).rejects.toThrow()
    expect(new TextDecoder('latin1').decode(sealed)).not.toContain(SECRET.slice(0, 8))
  })

  it('is read again by the next page, with the same key', async () => {
    const { name, store, raw } = await setUp()
    await store.openVault(installation('a')).set('token', SECRET, MANY)
    store.dispose()
    const next = await open(name)
    await next.openVault(installation('b')).set('token', 'another', MANY)

    expect(await next.openVault(installation('a')).get('token')).toBe(SECRET)
    expect([...(await rows(raw)).keys()].filter((place) => place.includes('"key"'))).toHaveLength(1)
  })

  it('has one key where two pages need one at the same time', async () => {
    const { name, store } = await setUp()
    const other = await open(name)
    await Promise.all([store.openVault(installation('a')).set('token', 'one', MANY), other.openVault(installation('b')).set('token', 'two', MANY)])

    expect(await other.openVault(installation('a')).get('token')).toBe('one')
    expect(await store.openVault(installation('b')).get('token')).toBe('two')
  })

  it('seals the same secret anew each time', async () => {
    const { store, raw } = await setUp()
    const seen = new Set<string>()
    for (let time = 0; time < 5; time++) {
      await store.openVault(installation('a')).set('token', SECRET, MANY)
      const { iv, sealed } = (await rows(raw)).get(JSON.stringify([key('a'), 'token'])) as SealedRow
      seen.add(`${new Uint8Array(iv).join()} ${new Uint8Array(sealed).join()}`)
    }
    expect(seen.size).toBe(5)
  })

  it.each([
    ['under another name', async (raw: IDBDatabase, row: SealedRow) => writeRaw(raw, 'vault', [key('a'), 'moved'], row), 'a', 'moved'],
    ["as another extension's", async (raw: IDBDatabase, row: SealedRow) => writeRaw(raw, 'vault', [key('b'), 'token'], row), 'b', 'token'],
    ['with a bit changed', async (raw: IDBDatabase, row: SealedRow) => {
      const sealed = new Uint8Array(row.sealed)
      sealed[0] = (sealed[0] ?? 0) ^ 1
      return writeRaw(raw, 'vault', [key('a'), 'token'], { iv: row.iv, sealed: sealed.buffer })
    }, 'a', 'token'],
    ['of another form', async (raw: IDBDatabase) => writeRaw(raw, 'vault', [key('a'), 'token'], { iv: 1 }), 'a', 'token'],
  ])('does not open a row %s', async (_, change, id, name) => {
    const { store, raw } = await setUp()
    await store.openVault(installation('a')).set('token', SECRET, MANY)
    await change(raw, (await rows(raw)).get(JSON.stringify([key('a'), 'token'])) as SealedRow)

    await expect(store.openVault(installation(id)).get(name)).rejects.toMatchObject({ code: 'store-failed' })
  })
})
