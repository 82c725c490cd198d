/**
 * What is stored of a file system: one record a node, of plain values that structured clone and IndexedDB take. The store keeps them by `id`;
 * one set of changes is one transaction.
 */
import { isPositiveCount } from '../../util/count.ts'
import { FsError } from './error.ts'
import type { FsNode } from './node.ts'

interface RecordBase {
  /** The key. The root is 1. */
  readonly id: number
  /** Nanoseconds since 1970. */
  readonly atime: bigint
  readonly mtime: bigint
  readonly ctime: bigint
}

export type FsRecord = RecordBase & (
  | { readonly kind: 'file', readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'symlink', readonly target: string }
  /** Names with the ids of what they stand for, and their serials, ascending. */
  | { readonly kind: 'directory', readonly entries: readonly (readonly [name: string, id: number, serial: number])[] }
)

export interface FsChanges {
  readonly puts: readonly FsRecord[]
  readonly deletes: readonly number[]
}

/** A copy of the node as it is now. */
export function recordOf(node: FsNode): FsRecord {
  const { id, atime, mtime, ctime } = node
  const base = { id, atime, mtime, ctime }
  switch (node.kind) {
    case 'file':
      return { ...base, kind: 'file', bytes: node.content.copy() }
    case 'symlink':
      return { ...base, kind: 'symlink', target: node.target }
    case 'directory':
      return { ...base, kind: 'directory', entries: [...node.entries].map(([name, entry]) => [name, entry.node.id, entry.serial]) }
  }
}

/** Reads one record back. Takes ownership of its bytes. @throws {FsError} invalid */
export function parseRecord(value: unknown): FsRecord {
  if (typeof value !== 'object' || value === null) throw invalid('is no object')
  const fields = value as Readonly<Record<string, unknown>> // an object: reading any field gives unknown
  const { id, atime, mtime, ctime, kind } = fields
  if (!isPositiveCount(id) || !isTime(atime) || !isTime(mtime) || !isTime(ctime)) throw invalid('has no id or times')
  const base = { id, atime, mtime, ctime }
  if (kind === 'file') return { ...base, kind, bytes: parseBytes(fields.bytes) }
  if (kind === 'symlink') return { ...base, kind, target: parseTarget(fields.target) }
  if (kind === 'directory') return { ...base, kind, entries: parseEntries(fields.entries) }
  throw invalid('has no kind')
}

function parseBytes(value: unknown): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) throw invalid('has no bytes')
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

function parseTarget(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw invalid('has no target')
  return value
}

function parseEntries(value: unknown): readonly (readonly [string, number, number])[] {
  if (!Array.isArray(value)) throw invalid('has no entries')
  let last = 0
  return value.map((entry: unknown) => {
    if (!Array.isArray(entry)) throw invalid('has a broken entry')
    const [name, id, serial]: readonly unknown[] = entry
    if (typeof name !== 'string' || name === '' || name === '.' || name === '..' || name.includes('/')) throw invalid('has a broken name')
    if (!isPositiveCount(id) || !isPositiveCount(serial) || serial <= last) throw invalid('has a broken entry')
    last = serial
    return [name, id, serial]
  })
}

/** Within 64 bits, as WASI has it. */
function isTime(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value < 2n ** 64n
}

function invalid(what: string): FsError {
  return new FsError('invalid', `A stored record ${what}.`)
}
