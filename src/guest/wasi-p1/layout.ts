/** Structures of preview 1 as they lie in memory. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#types */
import type { NodeKind, Stat } from '../fs/node.ts'
import type { Descriptor } from './descriptors.ts'

export const DIRENT_SIZE = 24
export const EVENT_SIZE = 32
export const FDSTAT_SIZE = 24
export const FILESTAT_SIZE = 64
export const SUBSCRIPTION_SIZE = 48

const FILE_TYPES = { device: 2, directory: 3, file: 4, symlink: 7 } as const satisfies Record<NodeKind | 'device', number>
/** Of the streams; file systems count from 1. */
const STREAMS = 0n

export function fdstatBytes({ open, flags, rights, inheriting }: Descriptor): Uint8Array {
  const view = new DataView(new ArrayBuffer(FDSTAT_SIZE))
  view.setUint8(0, FILE_TYPES[open.kind])
  view.setUint16(2, flags, true)
  view.setBigUint64(8, rights, true)
  view.setBigUint64(16, inheriting, true)
  return new Uint8Array(view.buffer)
}

/** @param device  of the file system: ids are unique in each */
export function filestatBytes({ id, kind, links, size, atime, mtime, ctime }: Stat, device: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILESTAT_SIZE))
  view.setBigUint64(0, device, true)
  view.setBigUint64(8, BigInt(id), true)
  view.setUint8(16, FILE_TYPES[kind])
  view.setBigUint64(24, BigInt(links), true)
  view.setBigUint64(32, BigInt(size), true)
  view.setBigUint64(40, atime, true)
  view.setBigUint64(48, mtime, true)
  view.setBigUint64(56, ctime, true)
  return new Uint8Array(view.buffer)
}

export function streamStatBytes(fd: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILESTAT_SIZE))
  view.setBigUint64(0, STREAMS, true)
  view.setBigUint64(8, BigInt(fd), true)
  view.setUint8(16, FILE_TYPES.device)
  view.setBigUint64(24, 1n, true)
  return new Uint8Array(view.buffer)
}

export interface Dirent {
  /** The cookie behind this one. */
  readonly next: bigint
  readonly id: number
  readonly kind: NodeKind
  readonly nameBytes: number
}

export function direntBytes({ next, id, kind, nameBytes }: Dirent): Uint8Array {
  const view = new DataView(new ArrayBuffer(DIRENT_SIZE))
  view.setBigUint64(0, next, true)
  view.setBigUint64(8, BigInt(id), true)
  view.setUint32(16, nameBytes, true)
  view.setUint8(20, FILE_TYPES[kind])
  return new Uint8Array(view.buffer)
}

export interface PollEvent {
  readonly userdata: bigint
  readonly errno: number
  readonly type: number
  readonly bytes: number
}

export function eventBytes({ userdata, errno, type, bytes }: PollEvent): Uint8Array {
  const view = new DataView(new ArrayBuffer(EVENT_SIZE))
  view.setBigUint64(0, userdata, true)
  view.setUint16(8, errno, true)
  view.setUint8(10, type)
  view.setBigUint64(16, BigInt(bytes), true)
  return new Uint8Array(view.buffer)
}
