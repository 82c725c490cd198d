/**
 * Decisions that were made to last, one a permission of an extension's code. Written with strict durability: a revocation that a power cut
 * undoes would be a granted permission that the user took away. Those of earlier code stay for a rollback, of the last few codes only.
 */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import { type Database, groupRange, type Table } from './database.ts'
import { readDigest } from './installed.ts'
import { isAmount, parseFields } from './parse.ts'

/** Codes of one extension whose decisions are kept, those written about last: what new code inherits is as old as its decision. */
const MAX_DIGESTS = 8

export interface GrantRecord {
  readonly key: ExtensionKey
  /** The code that the decision was made for. */
  readonly digest: Digest
  /** Permission's name; the reader checks it against the catalogue. */
  readonly name: string
  /** JSON text of scope and duration; the reader parses it. */
  readonly terms: string
  readonly state: 'granted' | 'denied' | 'revoked'
  /** ms since 1970. */
  readonly decidedAt: number
}

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface GrantStore {
  /** In the order of their names; records that cannot be read are left out, which denies. */
  listFor(key: ExtensionKey): Promise<readonly GrantRecord[]>
  /** Writes or replaces all of them in one transaction. A revoked one removes what other code of the extension's was granted of that name. */
  put(records: readonly GrantRecord[]): Promise<void>
  delete(key: ExtensionKey, name: string, digest: Digest): Promise<void>
  /** All of the extension. */
  deleteFor(key: ExtensionKey): Promise<void>
}

/** `order`: counts what was written about the extension. */
interface GrantRow extends GrantRecord {
  readonly order: number
}

export function createGrantStore(database: Database): GrantStore {
  return {
    listFor: (key) =>
      database.run({ tables: ['grants'], mode: 'readonly' }, async (table) => {
        const rows = await readGrants(table('grants'), key)
        return rows.map(({ order: _, ...record }) => record)
      }),
    put: (records) =>
      database.run({ tables: ['grants'], mode: 'readwrite', durability: 'strict' }, async (table) => {
        const grants = table('grants')
        for (const record of records) await putOne(grants, record)
        for (const key of new Set(records.map((record) => record.key))) await dropOldest(grants, key)
      }),
    delete: (key, name, digest) =>
      database.run({ tables: ['grants'], mode: 'readwrite', durability: 'strict' }, (table) => table('grants').delete([key, nameOf(name, digest)])),
    deleteFor: (key) =>
      database.run({ tables: ['grants'], mode: 'readwrite', durability: 'strict' }, (table) => table('grants').deleteRange(groupRange(key))),
  }
}

async function putOne(table: Table, { key, digest, name, terms, state, decidedAt }: GrantRecord): Promise<void> {
  const rows = await readGrants(table, key)
  if (state === 'revoked') {
    const others = rows.filter((other) => other.name === name && other.digest !== digest && other.state === 'granted')
    for (const other of others) await table.delete([key, nameOf(name, other.digest)])
  }
  const order = rows.reduce((last, row) => Math.max(last, row.order), 0) + 1
  await table.put([key, nameOf(name, digest)], { digest, terms, state, decidedAt, order })
}

async function dropOldest(table: Table, key: ExtensionKey): Promise<void> {
  const rows = [...(await readGrants(table, key))].sort((one, other) => other.order - one.order)
  const kept = new Set([...new Set(rows.map(({ digest }) => digest))].slice(0, MAX_DIGESTS))
  for (const { name, digest } of rows) if (!kept.has(digest)) await table.delete([key, nameOf(name, digest)])
}

async function readGrants(table: Table, key: ExtensionKey): Promise<readonly GrantRow[]> {
  return (await table.rows(groupRange(key))).flatMap((row) => parseGrant(row.value, key, row.key[1]) ?? [])
}

function nameOf(name: string, digest: Digest): string {
  return `${name} ${digest}`
}

function parseGrant(row: unknown, key: ExtensionKey, slot: string): GrantRow | undefined {
  const fields = parseFields(row)
  const digest = readDigest(fields?.digest)
  const [name = ''] = slot.split(' ')
  if (fields === undefined || digest === undefined || slot !== nameOf(name, digest)) return undefined
  const { terms, state, decidedAt, order } = fields
  if (!isAmount(order)) return undefined
  if (typeof terms !== 'string' || (state !== 'granted' && state !== 'denied' && state !== 'revoked') || !isAmount(decidedAt)) return undefined
  return { key, digest, name, terms, state, decidedAt, order }
}
