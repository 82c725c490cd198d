/** Structures of preview 1 as they lie in memory. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#types */
import type { NodeKind, Stat } from '../fs/node.ts'
import type { Descriptor } from './descriptors.ts'

export const DIRENT_SIZE = 24
export const EVENT_SIZE = 32
export const FDSTAT_SIZE = 24
export const FILESTAT_SIZE = 64
export const SUBSCRIPTION_SIZE = 48

const FILE_TYPES = { device: 2, directory: 3, file: 4, symlink: 7 } as const satisfies Record<NodeKind | 'device', number>
/** One file system, one device number; the streams beside it are another. */
const DEVICE_NUMBERS = { tree: 1n, streams: 2n }

export function fdstatBytes({ open, flags, rights, inheriting }: Descriptor): Uint8Array {
  const view = new DataView(new ArrayBuffer(FDSTAT_SIZE))
  view.setUint8(0, FILE_TYPES[open.kind])
  view.setUint16(2, flags, true)
  view.setBigUint64(8, rights, true)
  view.setBigUint64(16, inheriting, true)
  return new Uint8Array(view.buffer)
}

/** `fd` of a stream, or what the file system says. */
export function filestatBytes(stat: Stat | number): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILESTAT_SIZE))
  const isStream = typeof stat === 'number'
  view.setBigUint64(0, isStream ? DEVICE_NUMBERS.streams : DEVICE_NUMBERS.tree, true)
  view.setBigUint64(8, BigInt(isStream ? stat : stat.id), true)
  view.setUint8(16, isStream ? FILE_TYPES.device : FILE_TYPES[stat.kind])
  view.setBigUint64(24, isStream ? 1n : BigInt(stat.links), true)
  if (!isStream) {
    view.setBigUint64(32, BigInt(stat.size), true)
    view.setBigUint64(40, stat.atime, true)
    view.setBigUint64(48, stat.mtime, true)
    view.setBigUint64(56, stat.ctime, true)
  }
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
