/**
 * `descriptor` of wasi:filesystem/types 0.2 over the virtual file system:
 * https://github.com/WebAssembly/WASI/blob/main/proposals/filesystem/wit/types.wit
 */
import type { FileSystem } from '../fs/file-system.ts'
import { OpenDirectory, OpenFile } from '../fs/handle.ts'
import { DirectoryEntryStream } from './directory-stream.ts'
import { appendTarget, fileSource, fileTarget } from './file-stream.ts'
import {
  inFileSystem, toNewTime, toNumber, toStat, type DescriptorFlags, type NewTimestamp, type OpenFlags, type PathFlags, type Stat,
} from './file-values.ts'
import { InputStream, MAX_PIECE } from './input-stream.ts'
import { OutputStream } from './output-stream.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { WitError } from './wit-error.ts'

/** Times are kept; nothing is slow: what asks for synchronous writes, or gives advice, has them. */
export class Descriptor extends Resource {
  readonly #count: ResourceCount
  readonly #fs: FileSystem
  readonly #handle: OpenFile | OpenDirectory
  readonly #flags: DescriptorFlags

  /** Owns `handle`. Any file system serves the handles of all. */
  constructor(count: ResourceCount, fs: FileSystem, handle: OpenFile | OpenDirectory, flags: DescriptorFlags) {
    super(count)
    this.#count = count
    this.#fs = fs
    this.#handle = handle
    this.#flags = flags
  }

  readViaStream(offset: bigint): InputStream {
    const file = this.#copy()
    return new InputStream(this.#count, fileSource(file, toNumber(offset)))
  }

  writeViaStream(offset: bigint): OutputStream {
    const file = this.#copy()
    return new OutputStream(this.#count, fileTarget(file, toNumber(offset)))
  }

  appendViaStream(): OutputStream {
    return new OutputStream(this.#count, appendTarget(this.#copy()))
  }

  advise(): void {
    void this.#file
  }

  syncData(): void {}

  sync(): void {}

  getFlags(): DescriptorFlags {
    return this.#flags
  }

  getType(): string {
    return this.#handle.kind === 'directory' ? 'directory' : 'regular-file'
  }

  setSize(size: bigint): void {
    inFileSystem(() => this.#file.resize(toNumber(size)))
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    inFileSystem(() => this.#handle.setTimes({ atime: toNewTime(access), mtime: toNewTime(modification) }))
  }

  read(length: bigint, offset: bigint): [bytes: Uint8Array, isEnd: boolean] {
    return inFileSystem(() => {
      const into = new Uint8Array(length < BigInt(MAX_PIECE) ? Number(length) : MAX_PIECE)
      const start = toNumber(offset)
      const size = this.#file.read(into, start)
      return [into.subarray(0, size), start + size >= this.#file.size]
    })
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    inFileSystem(() => this.#file.write(bytes, toNumber(offset)))
    return BigInt(bytes.length)
  }

  readDirectory(): DirectoryEntryStream {
    return inFileSystem(() => new DirectoryEntryStream(this.#count, this.#directory.entries(0)))
  }

  createDirectoryAt(path: string): void {
    inFileSystem(() => this.#fs.makeDirectory(this.#directory, path))
  }

  stat(): Stat {
    return inFileSystem(() => toStat(this.#handle.stat()))
  }

  statAt({ symlinkFollow: follows = false }: PathFlags, path: string): Stat {
    return inFileSystem(() => toStat(this.#fs.stat(this.#directory, path, { follows })))
  }

  setTimesAt({ symlinkFollow: follows = false }: PathFlags, path: string, access: NewTimestamp, modification: NewTimestamp): void {
    inFileSystem(() => this.#fs.setTimes(this.#directory, path, { follows }, { atime: toNewTime(access), mtime: toNewTime(modification) }))
  }

  linkAt({ symlinkFollow: follows = false }: PathFlags, oldPath: string, to: Descriptor, newPath: string): void {
    inFileSystem(() => this.#fs.link(this.#directory, oldPath, { follows }, to.#directory, newPath))
  }

  openAt({ symlinkFollow: follows = false }: PathFlags, path: string, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    const { create: creates = false, exclusive: isExclusive = false, truncate: truncates = false, directory: wantsDirectory = false } = open
    const { read: reads = false, write: writes = false } = flags
    const asked = { follows, creates, isExclusive, truncates, wantsDirectory, reads, writes }
    const handle = inFileSystem(() => this.#fs.open(this.#directory, path, asked))
    return new Descriptor(this.#count, this.#fs, handle, flags)
  }

  readlinkAt(path: string): string {
    return inFileSystem(() => this.#fs.readlink(this.#directory, path))
  }

  removeDirectoryAt(path: string): void {
    inFileSystem(() => this.#fs.removeDirectory(this.#directory, path))
  }

  renameAt(oldPath: string, to: Descriptor, newPath: string): void {
    inFileSystem(() => this.#fs.rename(this.#directory, oldPath, to.#directory, newPath))
  }

  symlinkAt(target: string, path: string): void {
    inFileSystem(() => this.#fs.symlink(this.#directory, path, target))
  }

  unlinkFileAt(path: string): void {
    inFileSystem(() => this.#fs.unlink(this.#directory, path))
  }

  isSameObject(other: Descriptor): boolean {
    return this.#handle.volume === other.#handle.volume && this.#handle.stat().id === other.#handle.stat().id
  }

  metadataHash(): { readonly lower: bigint, readonly upper: bigint } {
    const { id, mtime } = inFileSystem(() => this.#handle.stat())
    return { lower: BigInt(id), upper: BigInt.asUintN(64, mtime) }
  }

  metadataHashAt({ symlinkFollow: follows = false }: PathFlags, path: string): { readonly lower: bigint, readonly upper: bigint } {
    const { id, mtime } = inFileSystem(() => this.#fs.stat(this.#directory, path, { follows }))
    return { lower: BigInt(id), upper: BigInt.asUintN(64, mtime) }
  }

  protected override onDispose(): void {
    this.#handle.close()
  }

  get #file(): OpenFile {
    if (this.#handle.kind === 'directory') throw new WitError('is-directory')
    return this.#handle
  }

  get #directory(): OpenDirectory {
    if (this.#handle.kind === 'file') throw new WitError('not-directory')
    return this.#handle
  }

  /** For a stream, which may outlive this descriptor. */
  #copy(): OpenFile {
    const { volume, node, isWritable, access } = this.#file
    return new OpenFile(volume, node, isWritable, access)
  }
}
