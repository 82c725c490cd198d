/**
 * Decisions that were made to last, one a permission of an extension. Written with strict durability: a revocation that a power cut
 * undoes would be a granted permission that the user took away.
 */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import { type Database, groupRange } from './database.ts'
import { readDigest } from './installed.ts'
import { isAmount, parseFields } from './parse.ts'

export interface GrantRecord {
  readonly key: ExtensionKey
  /** The code that the decision was made for. */
  readonly digest: Digest
  /** Permission's name; the reader checks it against the catalogue. */
  readonly name: string
  /** JSON text of the scope; the reader parses it. */
  readonly scope: string
  readonly state: 'granted' | 'denied'
  /** ms since 1970. */
  readonly decidedAt: number
}

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface GrantStore {
  /** In the order of their names; records that cannot be read are left out, which denies. */
  listFor(key: ExtensionKey): Promise<readonly GrantRecord[]>
  /** Writes or replaces all of them in one transaction. */
  put(records: readonly GrantRecord[]): Promise<void>
  /** One permission's, or all of the extension's. */
  deleteFor(key: ExtensionKey, name?: string): Promise<void>
}

export function createGrantStore(database: Database): GrantStore {
  return {
    listFor: (key) =>
      database.run({ tables: ['grants'], mode: 'readonly' }, async (table) => {
        const rows = await table('grants').rows(groupRange(key))
        return rows.flatMap((row) => parseGrant(row.value, key, row.key[1]) ?? [])
      }),
    put: (records) =>
      database.run({ tables: ['grants'], mode: 'readwrite', durability: 'strict' }, async (table) => {
        for (const { key, digest, name, scope, state, decidedAt } of records) {
          await table('grants').put([key, name], { digest, scope, state, decidedAt })
        }
      }),
    deleteFor: (key, name) =>
      database.run({ tables: ['grants'], mode: 'readwrite', durability: 'strict' }, (table) =>
        name === undefined ? table('grants').deleteRange(groupRange(key)) : table('grants').delete([key, name]),
      ),
  }
}

function parseGrant(row: unknown, key: ExtensionKey, name: string): GrantRecord | undefined {
  const fields = parseFields(row)
  const digest = readDigest(fields?.digest)
  if (fields === undefined || digest === undefined) return undefined
  const { scope, state, decidedAt } = fields
  if (typeof scope !== 'string' || (state !== 'granted' && state !== 'denied') || !isAmount(decidedAt)) return undefined
  return { key, digest, name, scope, state, decidedAt }
}
