/**
 * Decisions that were made to last, one a permission of an extension's code. Written with strict durability: a revocation that a power cut
 * undoes would be a granted permission that the user took away. Those of earlier code stay for a rollback, of the last few codes only. Each
 * subject (user, organisation) has decisions of its own.
 */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import { type Database, type Key, prefixRange, type Row, type Table, type TableName } from './database.ts'
import { readGeneration, requireGeneration } from './generation.ts'
import { isAmount, parseFields, readDigest } from './parse.ts'

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

export type NewGrant = Omit<GrantRecord, 'key'>

export interface GrantList {
  readonly generation: number
  /** In the order of their names; records that cannot be read are left out, which denies. */
  readonly records: readonly GrantRecord[]
}

/**
 * Every method rejects with PackageError 'store-failed' when the database does; those that write with 'not-installed', and nothing is written, when
 * the extension was uninstalled since its generation was read. An uninstall (`Store.removeExtension`) removes all of the extension.
 */
export interface GrantStore {
  listFor(key: ExtensionKey): Promise<GrantList>
  /** Writes or replaces all of them in one transaction. A revoked one removes what other code of the extension's was granted of that name. */
  put(installation: Installation, records: readonly NewGrant[]): Promise<void>
  delete(installation: Installation, name: string, digest: Digest): Promise<void>
}

/** `order`: counts what was written about the extension. */
interface GrantRow extends GrantRecord {
  readonly order: number
}

/** @param subject  whose decisions these are: no other's are seen or changed. Undefined: those of boxes without a subject. */
export function createGrantStore(database: Database, subject: string | undefined): GrantStore {
  const placeOf = (key: ExtensionKey): Place => ({ key, prefix: prefixOf(subject) })
  return {
    listFor: (key) =>
      database.run({ tables: TABLES, mode: 'readonly' }, async (table) => {
        const rows = await readGrants(table('grants'), placeOf(key))
        return { generation: await readGeneration(table('generations'), key), records: rows.map(({ order: _, ...record }) => record) }
      }),
    put: (installation, records) =>
      write(database, installation, (grants) => putGrants(grants, { key: installation.key, subject }, records)),
    delete: (installation, name, digest) => write(database, installation, (grants) => grants.delete(keyOf(placeOf(installation.key), name, digest))),
  }
}

/** Within the transaction of whoever has looked at the generation. */
export async function putGrants(
  grants: Table, { key, subject }: { readonly key: ExtensionKey; readonly subject: string | undefined }, records: readonly NewGrant[],
): Promise<void> {
  const place = { key, prefix: prefixOf(subject) }
  for (const record of records) await putOne(grants, place, record)
  await dropOldest(grants, place)
}

const TABLES: readonly TableName[] = ['grants', 'generations']

/** One subject's part of an extension's group. */
interface Place {
  readonly key: ExtensionKey
  readonly prefix: string
}

/** Nothing, or a JSON string and a space: neither is the beginning of another's, nor of a permission's name. */
function prefixOf(subject: string | undefined): string {
  return subject === undefined ? '' : `${JSON.stringify(subject)} `
}

function write(database: Database, installation: Installation, work: (grants: Table) => Promise<void>): Promise<void> {
  return database.run({ tables: TABLES, mode: 'readwrite', durability: 'strict' }, async (table) => {
    await requireGeneration(table('generations'), installation)
    await work(table('grants'))
  })
}

async function putOne(table: Table, place: Place, { digest, name, terms, state, decidedAt }: NewGrant): Promise<void> {
  const rows = await readGrants(table, place)
  if (state === 'revoked') {
    const others = rows.filter((other) => other.name === name && other.digest !== digest && other.state === 'granted')
    for (const other of others) await table.delete(keyOf(place, name, other.digest))
  }
  const order = rows.reduce((last, row) => Math.max(last, row.order), 0) + 1
  await table.put(keyOf(place, name, digest), { digest, terms, state, decidedAt, order })
}

async function dropOldest(table: Table, place: Place): Promise<void> {
  const rows = [...(await readGrants(table, place))].sort((one, other) => other.order - one.order)
  const kept = new Set([...new Set(rows.map(({ digest }) => digest))].slice(0, MAX_DIGESTS))
  for (const { name, digest } of rows) if (!kept.has(digest)) await table.delete(keyOf(place, name, digest))
}

async function readGrants(table: Table, place: Place): Promise<readonly GrantRow[]> {
  const range = prefixRange(place.key, place.prefix, undefined)
  return range === undefined ? [] : (await table.rows(range)).flatMap((row) => parseGrant(row, place) ?? [])
}

function keyOf({ key, prefix }: Place, name: string, digest: Digest): Key {
  return [key, `${prefix}${name} ${digest}`]
}

/** Undefined also for a row of a subject's, where the place is of none. */
function parseGrant({ key: [, slot], value }: Row, place: Place): GrantRow | undefined {
  const { key } = place
  const fields = parseFields(value)
  const digest = readDigest(fields?.digest)
  const [name = ''] = slot.slice(place.prefix.length).split(' ')
  if (fields === undefined || digest === undefined || slot !== keyOf(place, name, digest)[1]) return undefined
  const { terms, state, decidedAt, order } = fields
  if (!isAmount(order)) return undefined
  if (typeof terms !== 'string' || (state !== 'granted' && state !== 'denied' && state !== 'revoked') || !isAmount(decidedAt)) return undefined
  return { key, digest, name, terms, state, decidedAt, order }
}
