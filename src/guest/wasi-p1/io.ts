/** Reading, writing and positions of descriptors. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { Device } from '../fs/device.ts'
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { Preview1Context } from './context.ts'
import { isDevice, type FileDescriptor } from './descriptors.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'
import type { GuestMemory, Range } from './memory.ts'
import { RIGHT } from './rights.ts'

export const FLAG_APPEND = 1
/** A guest may name the same megabytes a thousand times: a stream takes no more than this at once. */
const MAX_STREAM_WRITE = 2 ** 20
const WHENCE = { set: 0, current: 1, end: 2 } as const

export function ioFunctions({ memory, descriptors, sync }: Preview1Context): WasiFunctions {
  const rangesOf = (vectorsAt: number, count: number, sizeAt: number): readonly Range[] => {
    const ranges = memory.vectors(vectorsAt, count)
    memory.verify(sizeAt, 4)
    return ranges
  }
  return {
    fd_read: wasiFunction(['i32', 'i32', 'i32', 'i32'], (fd, vectorsAt, count, sizeAt) => {
      const descriptor = descriptors.stream(fd, RIGHT.fdRead)
      const ranges = rangesOf(vectorsAt, count, sizeAt)
      if (isDevice(descriptor)) return readDevice(memory, descriptor.open, ranges, sizeAt)
      const size = readFile(memory, descriptor, ranges, descriptor.position)
      descriptor.position += size
      memory.writeU32(sizeAt, size)
    }),
    fd_pread: wasiFunction(['i32', 'i32', 'i32', 'i64', 'i32'], (fd, vectorsAt, count, offset, sizeAt) => {
      const descriptor = descriptors.file(fd, RIGHT.fdRead | RIGHT.fdSeek, 'spipe')
      const ranges = rangesOf(vectorsAt, count, sizeAt)
      memory.writeU32(sizeAt, readFile(memory, descriptor, ranges, Number(offset)))
    }),
    fd_write: wasiFunction(['i32', 'i32', 'i32', 'i32'], (fd, vectorsAt, count, sizeAt) => {
      const descriptor = descriptors.stream(fd, RIGHT.fdWrite)
      const ranges = rangesOf(vectorsAt, count, sizeAt)
      if (isDevice(descriptor)) return writeDevice(memory, descriptor.open, ranges, sizeAt)
      const start = (descriptor.flags & FLAG_APPEND) === 0 ? descriptor.position : descriptor.open.size
      const size = writeFile(memory, descriptor, ranges, start)
      descriptor.position = start + size
      memory.writeU32(sizeAt, size)
    }),
    fd_pwrite: wasiFunction(['i32', 'i32', 'i32', 'i64', 'i32'], (fd, vectorsAt, count, offset, sizeAt) => {
      const descriptor = descriptors.file(fd, RIGHT.fdWrite | RIGHT.fdSeek, 'spipe')
      const ranges = rangesOf(vectorsAt, count, sizeAt)
      memory.writeU32(sizeAt, writeFile(memory, descriptor, ranges, Number(offset)))
    }),
    fd_seek: wasiFunction(['i32', 'i64', 'i32', 'i32'], (fd, offset, whence, positionAt) => {
      const by = BigInt.asIntN(64, offset)
      const isTell = whence === WHENCE.current && by === 0n
      const descriptor = descriptors.file(fd, isTell ? RIGHT.fdTell : RIGHT.fdSeek, 'spipe')
      memory.verify(positionAt, 8)
      const position = baseOf(descriptor, whence) + by
      if (position < 0n) throw new WasiError('inval')
      if (position > BigInt(Number.MAX_SAFE_INTEGER)) throw new WasiError('overflow')
      descriptor.position = Number(position)
      memory.writeU64(positionAt, position)
    }),
    fd_tell: wasiFunction(['i32', 'i32'], (fd, positionAt) => {
      memory.writeU64(positionAt, BigInt(descriptors.file(fd, RIGHT.fdTell, 'spipe').position))
    }),
    fd_advise: wasiFunction(['i32', 'i64', 'i64', 'i32'], (fd, _offset, _length, advice) => {
      descriptors.file(fd, RIGHT.fdAdvise, 'spipe')
      if (advice > 5) throw new WasiError('inval')
    }),
    fd_allocate: wasiFunction(['i32', 'i64', 'i64'], (fd, offset, length) => {
      descriptors.file(fd, RIGHT.fdAllocate).open.allocate(Number(offset), Number(length))
    }),
    fd_sync: wasiFunction(['i32'], (fd) => {
      descriptors.get(fd, RIGHT.fdSync)
      return sync()
    }),
    fd_datasync: wasiFunction(['i32'], (fd) => {
      descriptors.get(fd, RIGHT.fdDatasync)
      return sync()
    }),
  }
}

function baseOf(descriptor: FileDescriptor, whence: number): bigint {
  switch (whence) {
    case WHENCE.set:
      return 0n
    case WHENCE.current:
      return BigInt(descriptor.position)
    case WHENCE.end:
      return BigInt(descriptor.open.size)
    default:
      throw new WasiError('inval')
  }
}

function readFile(memory: GuestMemory, { open }: FileDescriptor, ranges: readonly Range[], offset: number): number {
  let size = 0
  for (const { start, length } of ranges) {
    const count = open.read(memory.bytes(start, length), offset + size)
    size += count
    if (count < length) break
  }
  return size
}

/** What was written before the file system refused counts; the guest meets the refusal at its next write. */
function writeFile(memory: GuestMemory, { open }: FileDescriptor, ranges: readonly Range[], offset: number): number {
  let size = 0
  for (const { start, length } of ranges) {
    try {
      open.write(memory.bytes(start, length), offset + size)
    } catch (error) {
      if (size === 0) throw error
      break
    }
    size += length
  }
  return size
}

function readDevice(memory: GuestMemory, device: Device, ranges: readonly Range[], sizeAt: number): MaybePromise<void> {
  const wanted = ranges.reduce((sum, { length }) => sum + length, 0)
  const bytes = wanted === 0 ? new Uint8Array(0) : device.read?.(Math.min(wanted, MAX_STREAM_WRITE))
  if (bytes === undefined) throw new WasiError('badf')
  return andThen(bytes, (bytes) => {
    let offset = 0
    for (const { start, length } of ranges) {
      const piece = bytes.subarray(offset, offset + length)
      memory.write(start, piece)
      offset += piece.length
    }
    memory.writeU32(sizeAt, offset)
  })
}

function writeDevice(memory: GuestMemory, device: Device, ranges: readonly Range[], sizeAt: number): MaybePromise<void> {
  if (device.write === undefined) throw new WasiError('badf')
  const size = Math.min(ranges.reduce((sum, { length }) => sum + length, 0), MAX_STREAM_WRITE)
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const { start, length } of ranges) {
    const piece = memory.bytes(start, Math.min(length, size - offset))
    bytes.set(piece, offset)
    offset += piece.length
  }
  if (size === 0) return memory.writeU32(sizeAt, 0)
  return andThen(device.write(bytes), () => memory.writeU32(sizeAt, size))
}
