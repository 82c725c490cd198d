/**
 * Everything that a box keeps, behind one owner: packages, prepared output, installed records, grants and extensions' storage,
 * in IndexedDB or in memory with the same behaviour.
 */
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import { setTimer as platformTimer, type SetTimer } from '../util/timer.ts'
import type { AuditStore } from '../wire/audit-store.ts'
import type { FileStore } from '../wire/file-store.ts'
import type { KeyValueStore } from '../wire/key-value.ts'
import { createAuditStore } from './audit.ts'
import type { SealedStore } from '../wire/sealed-store.ts'
import { type Database, groupRange, TABLE_NAMES } from './database.ts'
import { dropEntry, EntryCache, type EntryUsage } from './entries.ts'
import { createFileStore } from './files.ts'
import { raiseGeneration } from './generation.ts'
import { createGrantStore, type GrantStore } from './grants.ts'
import type { CloseReason } from './indexeddb.ts'
import { createInstalledStore, type InstalledStore, installedKey, readInstalled } from './installed.ts'
import { createMemoryDatabase } from './memory.ts'
import { openDatabase } from './open.ts'
import { createPackageStore, type PackageStore } from './packages.ts'
import { createPreparedStore, type PreparedStore } from './prepared.ts'
import { createStorage, removeStorage } from './storage.ts'
import { type StoredBytes, storedBytes } from './stored-bytes.ts'
import { createVaultStore, removeSecrets } from './vault.ts'

export interface StoreOptions {
  /** The box's name; the database is `glovebox:<name>`. Two memory stores of one name share nothing. */
  readonly name: string
  readonly kind: 'indexeddb' | 'memory'
  /** The browser's factory; undefined where it has none. Only read when `kind` is `'indexeddb'`. */
  readonly indexedDB?: IDBFactory | undefined
  /** The store has just closed itself; every later operation rejects. */
  readonly onVersionChange?: (reason: CloseReason) => void
  /** How long another tab may hold an old version of the database open, ms. Default 5 000. */
  readonly blockedMs?: number
  /** Id of whom the extensions work for: grants belong to one. */
  readonly subject?: string | undefined
  /** What all extensions together may keep. Default: what each may. */
  readonly totals?: Partial<StoredBytes>
  /** Packages and prepared output together, bytes. Default 256 MiB. */
  readonly maxCacheBytes?: number
  /** Packages and prepared output older than this are gone, ms. Default: never. */
  readonly cacheTtlMs?: number
  /** Default Date.now. */
  readonly now?: () => number
  /** Default setTimeout. */
  readonly setTimer?: SetTimer
}

/** Every operation rejects with PackageError 'store-failed' when the database fails (the old state is kept), DisposedError after `dispose`. */
export interface Store {
  readonly kind: 'indexeddb' | 'memory'
  readonly packages: PackageStore
  readonly prepared: PreparedStore
  readonly installed: InstalledStore
  readonly grants: GrantStore
  readonly audit: AuditStore
  /** Of one installation: each of these rejects with PackageError 'not-installed' once that has ended. A signal ends what goes on in it, unless it is done. */
  openStorage(installation: Installation, signal?: AbortSignal): KeyValueStore
  /** What an extension keeps; all together without a key. */
  storedBytes(key?: ExtensionKey): Promise<StoredBytes>
  openFiles(installation: Installation, signal?: AbortSignal): FileStore
  /** The extension's secrets; without an installation, the app's own and bindings. */
  openVault(installation?: Installation, signal?: AbortSignal): SealedStore
  /** Record, claim, grants, storage, files and secrets of the extension, and its package unless another record refers to it, in one transaction. */
  removeExtension(key: ExtensionKey): Promise<void>
  /** What packages and prepared output take up. */
  cacheUsage(): Promise<EntryUsage>
  /** Closes the database. Idempotent. */
  dispose(): void
}

/**
 * Opens a store; the caller owns it and must dispose it.
 * @throws {PackageError} store-unavailable when IndexedDB is missing or refused, store-blocked when another tab holds an old version
 *   open for `blockedMs`, store-failed when a newer version of the library made the database
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = options.kind === 'memory' ? createMemoryDatabase() : await openIndexedDb(options)
  return createStore(database, options)
}

function openIndexedDb({ name, indexedDB, onVersionChange, blockedMs = 5000, setTimer = platformTimer }: StoreOptions): Promise<Database> {
  return openDatabase({ name: `glovebox:${name}`, indexedDB, onClose: (reason) => onVersionChange?.(reason), blockedMs, setTimer })
}

/** Takes ownership of `database`. */
export function createStore(
  database: Database,
  options: Pick<StoreOptions, 'kind' | 'maxCacheBytes' | 'cacheTtlMs' | 'now' | 'totals' | 'subject'>,
): Store {
  const { kind, maxCacheBytes = 256 * 2 ** 20, cacheTtlMs = Number.POSITIVE_INFINITY, now = Date.now, totals = {} } = options
  const cache = new EntryCache(database, { maxBytes: maxCacheBytes, ttlMs: cacheTtlMs, now })
  return {
    kind,
    packages: createPackageStore(cache),
    prepared: createPreparedStore(cache),
    installed: createInstalledStore(database, options.subject),
    grants: createGrantStore(database, options.subject),
    audit: createAuditStore(database),
    openStorage: (installation, signal) => createStorage(database, installation, { totalBytes: totals.storageBytes, signal }),
    storedBytes: (key) => storedBytes(database, key),
    openFiles: (installation, signal) => createFileStore(database, installation, { totalBytes: totals.fileBytes, signal }),
    openVault: (installation, signal) => createVaultStore(database, installation, signal),
    removeExtension: (key) => removeExtension(database, key),
    cacheUsage: () => cache.usage(),
    dispose: () => database.dispose(),
  }
}

function removeExtension(database: Database, key: ExtensionKey): Promise<void> {
  return database.run({ tables: TABLE_NAMES, mode: 'readwrite', durability: 'strict' }, async (table) => {
    const before = await readInstalled(table('installed'))
    await table('installed').delete(installedKey(key))
    await table('grants').deleteRange(groupRange(key))
    await raiseGeneration(table('generations'), key)
    await removeStorage(table, key)
    await removeSecrets(table, key)

    const digests = new Set((await readInstalled(table('installed'))).map((record) => record.digest))
    for (const { digest } of before) {
      if (!digests.has(digest)) await dropEntry(table, ['package', digest])
    }
  })
}
