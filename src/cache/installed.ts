/**
 * Records of installed extensions. The record is also the claim on the id: as long as it stands, no other origin can install that id,
 * and there is no second table that could disagree.
 */
import { PackageError } from '../errors.ts'
import type { Digest } from '../manifest/digest.ts'
import { type ExtensionKey, extensionKey, type Installation } from '../manifest/identity.ts'
import { type Database, groupRange, type Key, type Row, type Table, type TableName } from './database.ts'
import { readGenerations, requireGeneration } from './generation.ts'
import { type NewGrant, putGrants } from './grants.ts'
import { isAmount, parseFields, readDigest } from './parse.ts'

export interface InstalledRecord {
  readonly id: string
  readonly origin: string
  readonly digest: Digest
  /** Kind of the trust policy that let it in: `'development'`, `'digests'`. */
  readonly trustKind: string
  /** URL it can be fetched from again; null for bytes and objects. */
  readonly source: string | null
  /** ms since 1970. */
  readonly installedAt: number
  /** Never evict its package: it cannot be fetched again. */
  readonly isPinned: boolean
  /** The code that stood before; undefined for the first. */
  readonly replaced?: Digest | undefined
  /** Further facts of the host's. Default none. */
  readonly extra?: Readonly<Record<string, string | number | boolean | null>>
}

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface InstalledStore {
  /** In the order of their ids. */
  list(): Promise<readonly InstalledRecord[]>
  get(key: ExtensionKey): Promise<InstalledRecord | undefined>
  /** How often each extension was uninstalled; those that never were are missing. */
  generations(): Promise<ReadonlyMap<string, number>>
  /**
   * Writes or replaces the record, claims its id and keeps what was granted at the install, in one transaction: after a failure or a crash there is all of
   * it or nothing. False, and nothing written, when another origin holds the id.
   *
   * @param generation  that the extension must still have; default: any
   * @throws {PackageError} not-installed: it was uninstalled since, so that what was decided about it is gone
   */
  put(record: InstalledRecord, generation?: number, grants?: readonly NewGrant[]): Promise<boolean>
  /** Origin that holds `id`. */
  originOf(id: string): Promise<string | undefined>
}

/** @param subject  whose decisions the grants of an install are */
export function createInstalledStore(database: Database, subject: string | undefined): InstalledStore {
  return {
    list: () => database.run({ tables: ['installed'], mode: 'readonly' }, (table) => readInstalled(table('installed'))),
    get: (key) =>
      database.run({ tables: ['installed'], mode: 'readonly' }, async (table) => {
        const value = await table('installed').get(installedKey(key))
        return parseRecord({ key: installedKey(key), value })
      }),
    generations: () => database.run({ tables: ['generations'], mode: 'readonly' }, (table) => readGenerations(table('generations'))),
    put: (record, generation, grants = []) =>
      database.run({ tables: ['installed', 'generations', 'grants'], mode: 'readwrite', durability: 'strict' }, async (table) => {
        const key = extensionKey(record)
        if (generation !== undefined) await requireGeneration(table('generations'), { key, generation })
        if (!(await claimAndPut(table('installed'), record))) return false
        if (grants.length > 0) await putGrants(table('grants'), { key, subject }, grants)
        return true
      }),
    originOf: (id) =>
      database.run({ tables: ['installed'], mode: 'readonly' }, async (table) => {
        const rows = await table('installed').rows(groupRange(id))
        return rows.map((row) => parseRecord(row)).find((record) => record !== undefined)?.origin
      }),
  }
}

/**
 * Before anything is written that only an uninstall removes. Needs the tables of `INSTALLATION_TABLES`.
 *
 * @throws {PackageError} not-installed: no record of it, or only of a later installation
 */
export async function requireInstallation(table: (name: TableName) => Table, installation: Installation): Promise<void> {
  await requireGeneration(table('generations'), installation)
  if ((await table('installed').get(installedKey(installation.key))) !== undefined) return
  throw new PackageError('not-installed', 'The extension was uninstalled: what it kept is gone.')
}

export const INSTALLATION_TABLES: readonly TableName[] = ['installed', 'generations']

/** All records that can be read. */
export async function readInstalled(table: Table): Promise<readonly InstalledRecord[]> {
  return (await table.rows()).flatMap((row) => parseRecord(row) ?? [])
}

export function installedKey(key: ExtensionKey): Key {
  const end = key.indexOf('\n')
  return [key.slice(0, end), key.slice(end + 1)]
}

async function claimAndPut(table: Table, record: InstalledRecord): Promise<boolean> {
  for (const row of await table.rows(groupRange(record.id))) {
    if (row.key[1] === record.origin) continue
    if (parseRecord(row) !== undefined) return false
    await table.delete(row.key) // unreadable: nothing lists or starts it, so it must not block the id for ever
  }
  const { id, origin, digest, trustKind, source, installedAt, isPinned, replaced, extra = {} } = record
  await table.put(installedKey(extensionKey(record)), { id, origin, digest, trustKind, source, installedAt, isPinned, extra: { ...extra }, ...(replaced && { replaced }) })
  return true
}

function parseRecord({ key, value }: Row): InstalledRecord | undefined {
  const fields = parseFields(value)
  if (fields === undefined) return undefined
  const { trustKind, source, installedAt, isPinned } = fields
  const [id, origin] = key
  if (fields.id !== id || fields.origin !== origin || typeof trustKind !== 'string' || typeof isPinned !== 'boolean') return undefined
  if ((typeof source !== 'string' && source !== null) || !isAmount(installedAt)) return undefined
  const digest = readDigest(fields.digest)
  const extra = parseExtra(fields.extra)
  if (digest === undefined || extra === undefined) return undefined
  const replaced = readDigest(fields.replaced)
  return { id, origin, digest, trustKind, source, installedAt, isPinned, extra, ...(replaced && { replaced }) }
}

function parseExtra(value: unknown): InstalledRecord['extra'] {
  const fields = parseFields(value)
  if (fields === undefined) return undefined
  const entries = Object.entries(fields).flatMap(([name, item]): [string, string | number | boolean | null][] =>
    typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean' || item === null ? [[name, item]] : [],
  )
  return Object.fromEntries(entries)
}
