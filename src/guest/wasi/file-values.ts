/** Records, variants and errors of wasi:filesystem 0.2, to and from those of the file system. Its words for errors are WASI's own. */
import { FsError } from '../fs/error.ts'
import type { NewTime } from '../fs/handle.ts'
import type { NodeKind, Stat as NodeStat } from '../fs/node.ts'
import { WitError } from './wit-error.ts'

export interface PathFlags {
  readonly symlinkFollow?: boolean
}

export interface OpenFlags {
  readonly create?: boolean
  readonly directory?: boolean
  readonly exclusive?: boolean
  readonly truncate?: boolean
}

export interface DescriptorFlags {
  readonly read?: boolean
  readonly write?: boolean
  readonly fileIntegritySync?: boolean
  readonly dataIntegritySync?: boolean
  readonly requestedWriteSync?: boolean
  readonly mutateDirectory?: boolean
}

export interface Datetime {
  readonly seconds: bigint
  readonly nanoseconds: number
}

export type NewTimestamp = { readonly tag: 'no-change' } | { readonly tag: 'now' } | { readonly tag: 'timestamp', readonly val: Datetime }

export interface Stat {
  readonly type: string
  readonly linkCount: bigint
  readonly size: bigint
  readonly dataAccessTimestamp: Datetime
  readonly dataModificationTimestamp: Datetime
  readonly statusChangeTimestamp: Datetime
}

const NS_PER_SECOND = 1_000_000_000n
const TYPES: Readonly<Record<NodeKind, string>> = { file: 'regular-file', directory: 'directory', symlink: 'symbolic-link' }

/** Turns what the file system refuses into the `err` case. */
export function inFileSystem<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof FsError ? new WitError(error.code) : error
  }
}

export function typeName(kind: NodeKind): string {
  return TYPES[kind]
}

export function toStat({ kind, links, size, atime, mtime, ctime }: NodeStat): Stat {
  return {
    type: typeName(kind), linkCount: BigInt(links), size: BigInt(size),
    dataAccessTimestamp: toDatetime(atime), dataModificationTimestamp: toDatetime(mtime), statusChangeTimestamp: toDatetime(ctime),
  }
}

export function toNewTime(time: NewTimestamp): NewTime {
  if (time.tag === 'no-change') return undefined
  if (time.tag === 'now') return 'now'
  const ns = time.val.seconds * NS_PER_SECOND + BigInt(time.val.nanoseconds)
  if (ns >= 2n ** 63n) throw new WitError('overflow')
  return ns
}

/** Of an offset or a size. No file has more bytes than a number can count. */
export function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WitError('file-too-large')
  return Number(value)
}

function toDatetime(ns: bigint): Datetime {
  const time = ns < 0n ? 0n : ns
  return { seconds: time / NS_PER_SECOND, nanoseconds: Number(time % NS_PER_SECOND) }
}
