/** What extensions keep: the counts that `storage` and `files` hold in the usage table, for one extension and for all together. */
import type { ExtensionKey } from '../manifest/identity.ts'
import { isCount } from '../util/count.ts'
import { type Database, groupRange, type Row, type Table } from './database.ts'
import { parseFields } from './parse.ts'

export interface StoredBytes {
  readonly storageBytes: number
  readonly fileBytes: number
}

/** Of one extension; of all without a key. */
export function storedBytes(database: Database, key?: ExtensionKey): Promise<StoredBytes> {
  return database.run({ tables: ['usage'], mode: 'readonly' }, async (table) => {
    const rows = await table('usage').rows(key === undefined ? undefined : groupRange(key))
    return { storageBytes: sumOf(rows, 'storageBytes'), fileBytes: sumOf(rows, 'fileBytes') }
  })
}

/** Of all extensions, in a transaction that covers the usage table. */
export async function totalOf(usage: Table, what: keyof StoredBytes): Promise<number> {
  return sumOf(await usage.rows(), what)
}

function sumOf(rows: readonly Row[], what: keyof StoredBytes): number {
  const [name, field] = what === 'storageBytes' ? (['', 'bytes'] as const) : (['files', 'count'] as const)
  return rows.reduce((sum, { key, value }) => {
    const bytes = key[1] === name ? parseFields(value)?.[field] : 0
    return sum + (isCount(bytes) ? bytes : 0)
  }, 0)
}
