/**
 * Bytes by name with sizes and times: what packages and prepared output have in common. Both share one byte cap; the least recently used
 * go first. Everything here can be made again, so it is written with relaxed durability, and whoever reads checks hashes.
 */
import { isCount } from '../util/count.ts'
import type { Database, Key, Table, TableName } from './database.ts'
import { readInstalled } from './installed.ts'
import { isAmount, parseFields } from './parse.ts'

export type EntryGroup = 'package' | 'prepared'

export interface EntryOptions {
  /** All entries together, bytes; pinned ones and the one just written may exceed it. */
  readonly maxBytes: number
  /** An entry is gone this long after it was written, unless pinned; ms. */
  readonly ttlMs: number
  /** ms since 1970; survives reloads. */
  readonly now: () => number
}

export interface EntryUsage {
  readonly count: number
  readonly bytes: number
}

interface Entry {
  readonly bytes: number
  readonly storedAt: number
  readonly lastUsed: number
}

const ALL: readonly TableName[] = ['entries', 'bodies', 'installed']

/** Every method rejects with PackageError 'store-failed' when the database does. */
export class EntryCache {
  readonly #database: Database
  readonly #options: EntryOptions

  constructor(database: Database, options: EntryOptions) {
    this.#database = database
    this.#options = options
  }

  /** The body as it was read, unchecked; undefined when there is none or it is too old. */
  async get(group: EntryGroup, name: string): Promise<unknown> {
    const key: Key = [group, name]
    const found = await this.#database.run({ tables: ALL, mode: 'readonly' }, async (table) => {
      const entry = parseEntry(await table('entries').get(key))
      if (entry === undefined || (this.#isExpired(entry) && !(await pinnedNames(table('installed'))).has(name))) return undefined
      return { body: await table('bodies').get(key), entry }
    })
    if (found === undefined) return undefined
    if (found.body === undefined) await this.drop(group, name)
    else await this.#touch(key, found.entry)
    return found.body
  }

  /** Writes body and size, and makes room for them, in one transaction. */
  async put(group: EntryGroup, name: string, body: unknown, bytes: number): Promise<void> {
    const now = this.#options.now()
    const key: Key = [group, name]
    await this.#database.run({ tables: ALL, mode: 'readwrite' }, async (table) => {
      await table('bodies').put(key, body)
      await table('entries').put(key, { bytes, storedAt: now, lastUsed: now } satisfies Entry)
      await this.#evict(table, key)
    })
  }

  async drop(group: EntryGroup, name: string): Promise<void> {
    await this.#database.run({ tables: ['entries', 'bodies'], mode: 'readwrite' }, (table) => dropEntry(table, [group, name]))
  }

  usage(): Promise<EntryUsage> {
    return this.#database.run({ tables: ['entries'], mode: 'readonly' }, async (table) => {
      const entries = (await table('entries').rows()).flatMap((row) => parseEntry(row.value) ?? [])
      return { count: entries.length, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0) }
    })
  }

  /** Only the small row is written; a full disk must not make what is stored unreadable, so its failure only makes the order less exact. */
  async #touch(key: Key, entry: Entry): Promise<void> {
    const lastUsed = this.#options.now()
    const touched = this.#database.run({ tables: ['entries'], mode: 'readwrite' }, async (table) => {
      // Dropped or replaced since we read it: leave it so.
      const current = parseEntry(await table('entries').get(key))
      if (current?.storedAt === entry.storedAt) await table('entries').put(key, { ...entry, lastUsed } satisfies Entry)
    })
    await touched.catch(() => undefined)
  }

  async #evict(table: (name: TableName) => Table, kept: Key): Promise<void> {
    const pinned = await pinnedNames(table('installed'))
    const candidates: { readonly key: Key; readonly entry: Entry }[] = []
    let bytes = 0
    for (const { key, value } of await table('entries').rows()) {
      const entry = parseEntry(value)
      const isKept = (key[0] === kept[0] && key[1] === kept[1]) || (key[0] === 'package' && pinned.has(key[1]))
      if (entry === undefined || (!isKept && this.#isExpired(entry))) {
        await dropEntry(table, key)
        continue
      }
      bytes += entry.bytes
      if (!isKept) candidates.push({ key, entry })
    }
    candidates.sort((a, b) => a.entry.lastUsed - b.entry.lastUsed)
    for (const { key, entry } of candidates) {
      if (bytes <= this.#options.maxBytes) return
      await dropEntry(table, key)
      bytes -= entry.bytes
    }
  }

  #isExpired(entry: Entry): boolean {
    return this.#options.now() - entry.storedAt >= this.#options.ttlMs
  }
}

/** Runs in a transaction that covers both tables. */
export async function dropEntry(table: (name: TableName) => Table, key: Key): Promise<void> {
  await table('entries').delete(key)
  await table('bodies').delete(key)
}

async function pinnedNames(installed: Table): Promise<ReadonlySet<string>> {
  return new Set((await readInstalled(installed)).filter((record) => record.isPinned).map((record) => record.digest))
}

function parseEntry(row: unknown): Entry | undefined {
  const fields = parseFields(row)
  if (fields === undefined || !isCount(fields.bytes) || !isAmount(fields.storedAt) || !isAmount(fields.lastUsed)) return undefined
  return { bytes: fields.bytes, storedAt: fields.storedAt, lastUsed: fields.lastUsed }
}
