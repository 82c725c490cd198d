/**
 * The directories of an extension that outlive its instances: nodes by number, one set of changes a transaction. The quota counts all
 * directories of the extension together, in the same transaction.
 */
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import type { FileCommit, FileStore, StoredDirectory } from '../wire/file-store.ts'
import type { StoredValue } from '../wire/key-value.ts'
import { isCount } from '../util/count.ts'
import { type Database, prefixRange, type Table, type TableName } from './database.ts'
import { requireGeneration } from './generation.ts'
import { INSTALLATION_TABLES, requireInstallation } from './installed.ts'
import { isBuffers, parseFields, textBytes } from './parse.ts'
import { type OpenOptions, RECORD_BYTES } from './storage.ts'
import { totalOf } from './stored-bytes.ts'

type Tables = (name: TableName) => Table

/**
 * Nothing to dispose: it lives by `database`. Every method rejects with PackageError 'store-failed' when the database does, and with 'not-installed'
 * after an uninstall.
 */
export function createFileStore(database: Database, installation: Installation, { totalBytes, signal }: OpenOptions = {}): FileStore {
  const { key } = installation
  return {
    load: (directory, since) =>
      database.run({ tables: ['files', 'usage', 'generations'], mode: 'readonly', signal }, async (table) => {
        await requireGeneration(table('generations'), installation)
        return load(table, [key, directory], since)
      }),
    commit: (directory, commit) =>
      database.run({ tables: ['files', 'usage', ...INSTALLATION_TABLES], mode: 'readwrite', signal }, async (table) => {
        await requireInstallation(table, installation)
        return write(table, [key, directory], { ...commit, totalBytes })
      }),
  }
}

async function load(table: Tables, [key, directory]: readonly [ExtensionKey, string], since: number | undefined): Promise<StoredDirectory> {
  const revision = await readCount(table, key, `files ${directory}`)
  if (revision === since) return { revision, nodes: [] }
  const range = prefixRange(key, `${directory}\0`, undefined)
  const rows = range === undefined ? [] : await table('files').rows(range)
  return { revision, nodes: rows.flatMap(({ value }) => parseNode(value) ?? []) }
}

async function write(
  table: Tables, [key, directory]: readonly [ExtensionKey, string], { revision, puts, deletes, quotaBytes, totalBytes }: FileCommit & { readonly totalBytes: number | undefined },
): Promise<number | 'conflict' | 'quota' | 'total'> {
  if ((await readCount(table, key, `files ${directory}`)) !== revision) return 'conflict'
  const before = await readCount(table, key, 'files')
  let bytes = before
  for (const node of new Set([...puts.map(([number]) => number), ...deletes])) bytes -= await sizeAt(table, key, nodeName(directory, node))
  for (const [, value] of puts) bytes += sizeOf(value)
  if (bytes > quotaBytes && bytes > before) return 'quota'
  if (totalBytes !== undefined && bytes > before && (await totalOf(table('usage'), 'fileBytes')) + bytes - before > totalBytes) return 'total'
  for (const [node, { text, buffers }] of puts) await table('files').put([key, nodeName(directory, node)], { text, buffers: [...buffers] })
  for (const node of deletes) await table('files').delete([key, nodeName(directory, node)])
  await table('usage').put([key, 'files'], { count: Math.max(0, bytes) })
  await table('usage').put([key, `files ${directory}`], { count: revision + 1 })
  return revision + 1
}

function nodeName(directory: string, node: number): string {
  return `${directory}\0${node}`
}

async function readCount(table: Tables, key: ExtensionKey, name: string): Promise<number> {
  const count = parseFields(await table('usage').get([key, name]))?.count
  return isCount(count) ? count : 0
}

async function sizeAt(table: Tables, key: ExtensionKey, name: string): Promise<number> {
  const node = parseNode(await table('files').get([key, name]))
  return node === undefined ? 0 : sizeOf(node)
}

function sizeOf({ text, buffers }: StoredValue): number {
  return textBytes(text) + buffers.reduce((sum, buffer) => sum + buffer.byteLength, RECORD_BYTES)
}

function parseNode(row: unknown): StoredValue | undefined {
  const fields = parseFields(row)
  return fields !== undefined && typeof fields.text === 'string' && isBuffers(fields.buffers) ? { text: fields.text, buffers: [...fields.buffers] } : undefined
}
