/** Operations on paths. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#functions */
import type { FileSystem } from '../fs/file-system.ts'
import type { OpenDirectory } from '../fs/handle.ts'
import type { Preview1Context } from './context.ts'
import { WasiError } from './errno.ts'
import { wasiFunction, type WasiFunction, type WasiFunctions } from './functions.ts'
import { filestatBytes } from './layout.ts'
import { ALL_FLAGS, newTimes } from './metadata.ts'
import { FILE_RIGHTS, RIGHT } from './rights.ts'

const LOOKUP_FOLLOW = 1
const OFLAG = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const
const WRITE_RIGHTS = RIGHT.fdWrite | RIGHT.fdAllocate | RIGHT.fdFilestatSetSize

const encoder = new TextEncoder()

export function pathFunctions(context: Preview1Context, fs: FileSystem): WasiFunctions {
  const { memory, descriptors, deviceOf } = context
  const text = (at: number, length: number): string => memory.text(at, length, fs.limits.pathBytes)
  const base = (fd: number, rights: bigint): OpenDirectory => descriptors.directory(fd, rights).open
  return {
    path_open: pathOpen(context, fs),
    path_create_directory: wasiFunction(['i32', 'i32', 'i32'], (fd, at, length) => {
      fs.makeDirectory(base(fd, RIGHT.pathCreateDirectory), text(at, length))
    }),
    path_remove_directory: wasiFunction(['i32', 'i32', 'i32'], (fd, at, length) => {
      fs.removeDirectory(base(fd, RIGHT.pathRemoveDirectory), text(at, length))
    }),
    path_unlink_file: wasiFunction(['i32', 'i32', 'i32'], (fd, at, length) => {
      fs.unlink(base(fd, RIGHT.pathUnlinkFile), text(at, length))
    }),
    path_filestat_get: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32'], (fd, lookup, at, length, statAt) => {
      const directory = base(fd, RIGHT.pathFilestatGet)
      const stat = fs.stat(directory, text(at, length), lookupOf(lookup))
      memory.write(statAt, filestatBytes(stat, deviceOf(directory.volume)))
    }),
    path_filestat_set_times: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i64', 'i64', 'i32'], (fd, lookup, at, length, atime, mtime, flags) => {
      const times = newTimes(atime, mtime, flags)
      fs.setTimes(base(fd, RIGHT.pathFilestatSetTimes), text(at, length), lookupOf(lookup), times)
    }),
    path_link: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (fd, lookup, at, length, newFd, newAt, newLength) => {
      const [from, to] = [base(fd, RIGHT.pathLinkSource), base(newFd, RIGHT.pathLinkTarget)]
      fs.link(from, text(at, length), lookupOf(lookup), to, text(newAt, newLength))
    }),
    path_rename: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (fd, at, length, newFd, newAt, newLength) => {
      const [from, to] = [base(fd, RIGHT.pathRenameSource), base(newFd, RIGHT.pathRenameTarget)]
      fs.rename(from, text(at, length), to, text(newAt, newLength))
    }),
    path_symlink: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32'], (targetAt, targetLength, fd, at, length) => {
      fs.symlink(base(fd, RIGHT.pathSymlink), text(at, length), text(targetAt, targetLength))
    }),
    path_readlink: wasiFunction(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (fd, at, length, bufferAt, bufferLength, sizeAt) => {
      const directory = base(fd, RIGHT.pathReadlink)
      const path = text(at, length)
      memory.verify(bufferAt, bufferLength)
      memory.verify(sizeAt, 4)
      const target = encoder.encode(fs.readlink(directory, path)).subarray(0, bufferLength)
      memory.write(bufferAt, target)
      memory.writeU32(sizeAt, target.length)
    }),
  }
}

function lookupOf(flags: number): { readonly follows: boolean } {
  if (flags > LOOKUP_FOLLOW) throw new WasiError('inval')
  return { follows: flags === LOOKUP_FOLLOW }
}

function pathOpen({ memory, descriptors }: Preview1Context, fs: FileSystem): WasiFunction {
  const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i64', 'i64', 'i32', 'i32'] as const
  return wasiFunction(parameters, (fd, lookup, at, length, oflags, rights, _inheriting, flags, fdAt) => {
    const parent = descriptors.directory(fd, rightsToOpen(oflags))
    if (oflags > 15 || (flags & ~ALL_FLAGS) !== 0) throw new WasiError('inval')
    const path = memory.text(at, length, fs.limits.pathBytes)
    memory.verify(fdAt, 4)
    // Rights that the directory cannot pass on are not given; it is no error to ask for them.
    const granted = rights & parent.inheriting
    const open = fs.open(parent.open, path, {
      ...lookupOf(lookup), wantsDirectory: (oflags & OFLAG.directory) !== 0,
      creates: (oflags & OFLAG.create) !== 0, isExclusive: (oflags & OFLAG.exclusive) !== 0, truncates: (oflags & OFLAG.truncate) !== 0,
      reads: (granted & RIGHT.fdRead) !== 0n, writes: (granted & WRITE_RIGHTS) !== 0n,
    })
    // A directory has what its parent has: Go asks for less than it uses, and other runtimes hold nobody to what was asked.
    memory.writeU32(fdAt, descriptors.add(open.kind === 'file'
      ? { open, flags, rights: granted & FILE_RIGHTS, inheriting: 0n, position: 0 }
      : { open, flags, rights: parent.rights, inheriting: parent.inheriting, preopen: undefined }))
  })
}

function rightsToOpen(oflags: number): bigint {
  const create = (oflags & OFLAG.create) === 0 ? 0n : RIGHT.pathCreateFile
  const truncate = (oflags & OFLAG.truncate) === 0 ? 0n : RIGHT.pathFilestatSetSize
  return RIGHT.pathOpen | create | truncate
}
