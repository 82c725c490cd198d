/**
 * An extension's own storage. Quota and version counter live in a usage row that changes in the same transaction as the value,
 * so two tabs at once can neither exceed the quota nor give one version twice.
 */
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import type { KeyValueStore, StorageEntry, StoredValue } from '../wire/key-value.ts'
import { isCount } from '../util/count.ts'
import { type Database, groupRange, type Key, prefixRange, type Table, type TableName } from './database.ts'
import { requireGeneration } from './generation.ts'
import { INSTALLATION_TABLES, requireInstallation } from './installed.ts'
import { totalOf } from './stored-bytes.ts'
import { isBuffers, parseFields, textBytes } from './parse.ts'

/** Charged for each record besides its bytes, so that a million empty values is not free. */
export const RECORD_BYTES = 64
/** One answer of `list`. */
export const MAX_LISTED = 1000

type ValueKey = readonly [extension: ExtensionKey, name: string]

interface Usage {
  readonly bytes: number
  readonly lastVersion: number
}

/** Of a store that is opened for one extension. */
export interface OpenOptions {
  /** All extensions together keep no more. Default: not limited. */
  readonly totalBytes?: number | undefined
  /** Ends what is going on in it, and all that comes. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The storage of one extension. Nothing to dispose: it lives by `database`.
 * Relaxed durability: a power cut may take back the last moments, never half a change, and a guest's loop of sets causes no disk flush each.
 * Every method rejects with PackageError 'store-failed' when the database does, and with 'not-installed' after an uninstall: an instance that still
 * runs in another tab can neither bring data back nor meet that of a later installation.
 */
export function createStorage(database: Database, installation: Installation, { totalBytes, signal }: OpenOptions = {}): KeyValueStore {
  const { key } = installation
  const read = <T>(work: (values: Table) => Promise<T>): Promise<T> =>
    database.run({ tables: ['values', 'generations'], mode: 'readonly', signal }, async (table) => {
      await requireGeneration(table('generations'), installation)
      return work(table('values'))
    })
  const write = <T>(work: (table: (name: TableName) => Table) => Promise<T>): Promise<T> =>
    database.run({ tables: ['values', 'usage', ...INSTALLATION_TABLES], mode: 'readwrite', signal }, async (table) => {
      await requireInstallation(table, installation)
      return work(table)
    })
  return {
    get: (name) => read(async (values) => parseEntry(await values.get([key, name]))),
    set: (name, value, options) => write((table) => setValue(table, [key, name], value, { ...options, totalBytes })),
    delete: (name, { ifVersion }) => write((table) => deleteValue(table, [key, name], ifVersion)),
    list: async ({ prefix, after, limit }) => {
      const range = prefixRange(key, prefix, after)
      const count = Math.min(Math.floor(limit), MAX_LISTED)
      // A count of 0 would mean "all" to IndexedDB.
      if (range === undefined || !(count >= 1)) return []
      return read((values) => values.names(range, count))
    },
  }
}

/** Removes everything an extension stored; runs in a transaction that covers `values`, `files` and `usage`. */
export async function removeStorage(table: (name: TableName) => Table, key: ExtensionKey): Promise<void> {
  for (const name of ['values', 'files', 'usage'] as const) await table(name).deleteRange(groupRange(key))
}

interface SetOptions {
  readonly ifVersion: number | undefined
  readonly quotaBytes: number
  /** Of all extensions; undefined: not limited. */
  readonly totalBytes: number | undefined
}

async function setValue(
  table: (name: TableName) => Table,
  key: ValueKey,
  value: StoredValue,
  { ifVersion, quotaBytes, totalBytes }: SetOptions,
): Promise<number | 'conflict' | 'quota' | 'total'> {
  const [extension, name] = key
  const row = await table('values').get(key)
  const previous = parseEntry(row)
  if (ifVersion !== undefined && ifVersion !== (previous?.version ?? 0)) return 'conflict'

  const usage = await readUsage(table, extension, row !== undefined && previous === undefined)
  const bytes = usage.bytes - (previous === undefined ? 0 : recordBytes(name, previous.value)) + recordBytes(name, value)
  const more = bytes - usage.bytes
  if (bytes > quotaBytes && more > 0) return 'quota'
  if (totalBytes !== undefined && more > 0 && (await totalOf(table('usage'), 'storageBytes')) + more > totalBytes) return 'total'
  const version = usage.lastVersion + 1
  await table('values').put(key, { text: value.text, buffers: [...value.buffers], version })
  await table('usage').put(usageKey(extension), { bytes, lastVersion: version })
  return version
}

async function deleteValue(table: (name: TableName) => Table, key: ValueKey, ifVersion: number | undefined): Promise<boolean | 'conflict'> {
  const [extension, name] = key
  const previous = parseEntry(await table('values').get(key))
  if (ifVersion !== undefined && ifVersion !== (previous?.version ?? 0)) return 'conflict'
  if (previous === undefined) return false

  const usage = await readUsage(table, extension, false)
  await table('values').delete(key)
  // The row stays when the last key goes: versions must not begin anew.
  const bytes = Math.max(0, usage.bytes - recordBytes(name, previous.value))
  await table('usage').put(usageKey(extension), { bytes, lastVersion: usage.lastVersion })
  return true
}

/** The usage row; counted anew, and unreadable values removed, when it is missing or damaged, or the caller met a damaged value. */
async function readUsage(table: (name: TableName) => Table, key: ExtensionKey, isDamaged: boolean): Promise<Usage> {
  const known = parseUsage(await table('usage').get(usageKey(key)))
  if (known !== undefined && !isDamaged) return known

  let bytes = 0
  let lastVersion = known?.lastVersion ?? 0
  for (const row of await table('values').rows(groupRange(key))) {
    const entry = parseEntry(row.value)
    if (entry === undefined) {
      await table('values').delete(row.key)
      continue
    }
    bytes += recordBytes(row.key[1], entry.value)
    lastVersion = Math.max(lastVersion, entry.version)
  }
  return { bytes, lastVersion }
}

function parseUsage(row: unknown): Usage | undefined {
  const fields = parseFields(row)
  if (fields === undefined || !isCount(fields.bytes) || !isCount(fields.lastVersion)) return undefined
  return { bytes: fields.bytes, lastVersion: fields.lastVersion }
}

function usageKey(key: ExtensionKey): Key {
  return [key, '']
}

function recordBytes(name: string, value: StoredValue): number {
  return textBytes(name) + textBytes(value.text) + value.buffers.reduce((sum, buffer) => sum + buffer.byteLength, RECORD_BYTES)
}

function parseEntry(row: unknown): StorageEntry | undefined {
  const fields = parseFields(row)
  if (fields === undefined || typeof fields.text !== 'string' || !isBuffers(fields.buffers) || !isCount(fields.version)) return undefined
  return { value: { text: fields.text, buffers: [...fields.buffers] }, version: fields.version }
}
