/** What is known about descriptors, and the descriptors themselves. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { NewTime, NewTimes } from '../fs/handle.ts'
import type { Preview1Context } from './context.ts'
import { isDevice, type Descriptor } from './descriptors.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'
import { fdstatBytes, filestatBytes, streamStatBytes } from './layout.ts'
import { RIGHT } from './rights.ts'

/** append, dsync, nonblock, rsync, sync: of these only append has an effect, since nothing is kept back and nothing blocks. */
export const ALL_FLAGS = 0b11111

const FST = { atime: 1, atimeNow: 2, mtime: 4, mtimeNow: 8 } as const

export function metadataFunctions({ memory, descriptors, deviceOf }: Preview1Context): WasiFunctions {
  return {
    fd_close: wasiFunction(['i32'], (fd) => descriptors.close(fd)),
    fd_renumber: wasiFunction(['i32', 'i32'], (from, to) => descriptors.renumber(from, to)),
    fd_fdstat_get: wasiFunction(['i32', 'i32'], (fd, at) => memory.write(at, fdstatBytes(descriptors.get(fd)))),
    fd_fdstat_set_flags: wasiFunction(['i32', 'i32'], (fd, flags) => {
      const descriptor = descriptors.get(fd, RIGHT.fdFdstatSetFlags)
      if ((flags & ~ALL_FLAGS) !== 0) throw new WasiError('inval')
      descriptor.flags = flags
    }),
    fd_fdstat_set_rights: wasiFunction(['i32', 'i64', 'i64'], (fd, rights, inheriting) => {
      const descriptor = descriptors.get(fd)
      if ((rights & ~descriptor.rights) !== 0n || (inheriting & ~descriptor.inheriting) !== 0n) throw new WasiError('notcapable')
      descriptor.rights = rights
      descriptor.inheriting = inheriting
    }),
    fd_filestat_get: wasiFunction(['i32', 'i32'], (fd, at) => {
      const { open } = descriptors.get(fd, RIGHT.fdFilestatGet)
      memory.write(at, open.kind === 'device' ? streamStatBytes(fd) : filestatBytes(open.stat(), deviceOf(open.volume)))
    }),
    fd_filestat_set_size: wasiFunction(['i32', 'i64'], (fd, size) => {
      descriptors.file(fd, RIGHT.fdFilestatSetSize).open.resize(Number(size))
    }),
    fd_filestat_set_times: wasiFunction(['i32', 'i64', 'i64', 'i32'], (fd, atime, mtime, flags) => {
      const times = newTimes(atime, mtime, flags)
      timed(descriptors.get(fd, RIGHT.fdFilestatSetTimes)).setTimes(times)
    }),
  }
}

/** @throws {WasiError} inval for a time that is both given and now */
export function newTimes(atime: bigint, mtime: bigint, flags: number): NewTimes {
  if (flags > 15) throw new WasiError('inval')
  return { atime: newTime(atime, flags, FST.atime, FST.atimeNow), mtime: newTime(mtime, flags, FST.mtime, FST.mtimeNow) }
}

function newTime(time: bigint, flags: number, given: number, now: number): NewTime {
  const [isGiven, isNow] = [(flags & given) !== 0, (flags & now) !== 0]
  if (isGiven && isNow) throw new WasiError('inval')
  return isGiven ? time : isNow ? 'now' : undefined
}

function timed(descriptor: Descriptor): { setTimes(times: NewTimes): void } {
  if (isDevice(descriptor)) throw new WasiError('inval')
  return descriptor.open
}
