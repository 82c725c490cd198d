/** Preopened directories and reading directories. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { OpenDirectory } from '../fs/handle.ts'
import type { NodeKind } from '../fs/node.ts'
import type { Preview1Context } from './context.ts'
import { isDirectory, type DescriptorTable } from './descriptors.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'
import { direntBytes } from './layout.ts'
import { RIGHT } from './rights.ts'

const PREOPEN_DIRECTORY = 0
/** Cookies 0 and 1 are in front of `.` and `..`, which the file system does not have. */
const DOTS = 2

const encoder = new TextEncoder()

interface NamedEntry {
  readonly name: string
  readonly id: number
  readonly kind: NodeKind
  readonly next: bigint
}

export function directoryFunctions({ memory, descriptors }: Preview1Context): WasiFunctions {
  return {
    fd_prestat_get: wasiFunction(['i32', 'i32'], (fd, at) => {
      const name = preopenName(descriptors, fd)
      memory.verify(at, 8)
      memory.writeU32(at, PREOPEN_DIRECTORY)
      memory.writeU32(at + 4, name.length)
    }),
    fd_prestat_dir_name: wasiFunction(['i32', 'i32', 'i32'], (fd, at, length) => {
      const name = preopenName(descriptors, fd)
      memory.verify(at, length)
      if (length < name.length) throw new WasiError('nametoolong')
      memory.write(at, name)
    }),
    fd_readdir: wasiFunction(['i32', 'i32', 'i32', 'i64', 'i32'], (fd, at, length, cookie, sizeAt) => {
      const { open } = descriptors.directory(fd, RIGHT.fdReaddir)
      const buffer = memory.bytes(at, length)
      memory.verify(sizeAt, 4)
      let size = 0
      for (const entry of entriesFrom(open, cookie)) {
        size += place(buffer, size, entry)
        if (size === length) break
      }
      memory.writeU32(sizeAt, size)
    }),
  }
}

function preopenName(descriptors: DescriptorTable, fd: number): Uint8Array {
  const descriptor = descriptors.get(fd)
  if (!isDirectory(descriptor) || descriptor.preopen === undefined) throw new WasiError('badf')
  return encoder.encode(descriptor.preopen)
}

/** One entry and its name, cut where the buffer ends: a full buffer tells the guest to come again with the last cookie it got whole. */
function place(buffer: Uint8Array, offset: number, { name, id, kind, next }: NamedEntry): number {
  const nameBytes = encoder.encode(name)
  const head = direntBytes({ next, id, kind, nameBytes: nameBytes.length }).subarray(0, buffer.length - offset)
  buffer.set(head, offset)
  const tail = nameBytes.subarray(0, buffer.length - offset - head.length)
  buffer.set(tail, offset + head.length)
  return head.length + tail.length
}

function* entriesFrom(directory: OpenDirectory, cookie: bigint): Generator<NamedEntry, void, undefined> {
  const { id } = directory.stat()
  if (cookie < 1n) yield { name: '.', id, kind: 'directory', next: 1n }
  if (cookie < 2n) yield { name: '..', id: directory.node.parent?.id ?? id, kind: 'directory', next: 2n }
  const after = cookie < BigInt(DOTS) ? 0 : Number(cookie) - DOTS
  for (const entry of directory.entries(after)) {
    yield { name: entry.name, id: entry.id, kind: entry.kind, next: BigInt(entry.cookie + DOTS) }
  }
}
