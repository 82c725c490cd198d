/** Open files and directories. A handle outlives the names of what it opened; closing twice is harmless. */
import { FsError } from './error.ts'
import { statOf, type DirectoryNode, type FileNode, type FsNode, type NodeKind, type Stat } from './node.ts'
import type { Volume } from './volume.ts'

/** A time to set: nanoseconds since 1970, or the present; undefined leaves it. */
export type NewTime = bigint | 'now' | undefined

export interface NewTimes {
  readonly atime: NewTime
  readonly mtime: NewTime
}

export interface DirectoryEntry {
  readonly name: string
  readonly id: number
  readonly kind: NodeKind
  /** Where to go on after this one; stays right when names come and go. */
  readonly cookie: number
}

abstract class Handle<Node extends FileNode | DirectoryNode> {
  readonly volume: Volume
  /** False below a read-only preopen: nothing may change through this handle. */
  readonly isWritable: boolean
  readonly #node: Node
  #isClosed = false

  constructor(volume: Volume, node: Node, isWritable: boolean) {
    this.volume = volume
    this.isWritable = isWritable
    this.#node = node
    node.opens += 1
  }

  /** @throws {FsError} bad-descriptor after close */
  get node(): Node {
    if (this.#isClosed) throw new FsError('bad-descriptor')
    return this.#node
  }

  stat(): Stat {
    return statOf(this.node)
  }

  /** @throws {FsError} read-only */
  setTimes(times: NewTimes): void {
    this.verifyWritable()
    setTimes(this.volume, this.node, times)
  }

  /** @throws {FsError} read-only */
  verifyWritable(): void {
    if (!this.isWritable) throw new FsError('read-only')
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.volume.release(this.#node)
  }
}

export interface FileAccess {
  readonly reads: boolean
  readonly writes: boolean
}

/** Knows no position: the layer above keeps it, with its flags. */
export class OpenFile extends Handle<FileNode> {
  readonly kind = 'file'
  readonly access: FileAccess

  constructor(volume: Volume, node: FileNode, isWritable: boolean, access: FileAccess) {
    super(volume, node, isWritable)
    this.access = access
  }

  get size(): number {
    return this.node.content.size
  }

  /** Fills `into` from `offset` on; 0 at the end. @throws {FsError} bad-descriptor when not opened to read */
  read(into: Uint8Array, offset: number): number {
    const node = this.node
    if (!this.access.reads) throw new FsError('bad-descriptor')
    if (!(offset >= 0)) throw new FsError('invalid')
    node.atime = this.volume.now()
    return node.content.read(into, offset)
  }

  /** All of `bytes`, or nothing. @throws {FsError} bad-descriptor when not opened to write, quota, file-too-large, insufficient-space */
  write(bytes: Uint8Array, offset: number): void {
    const node = this.#writableNode
    if (!(offset >= 0)) throw new FsError('invalid')
    node.content.write(bytes, offset)
    if (bytes.length > 0) this.volume.modified(node)
  }

  /** At the end, wherever that is now; the new end. @throws {FsError} as `write` */
  append(bytes: Uint8Array): number {
    this.write(bytes, this.size)
    return this.size
  }

  /** @throws {FsError} as `write` */
  resize(size: number): void {
    const node = this.#writableNode
    node.content.resize(size)
    this.volume.modified(node)
  }

  /** Makes sure that `length` bytes from `offset` on are there and paid for; never shrinks. @throws {FsError} invalid, or as `write` */
  allocate(offset: number, length: number): void {
    const node = this.#writableNode
    if (!(offset >= 0 && length > 0)) throw new FsError('invalid')
    if (offset + length <= node.content.size) return
    node.content.resize(offset + length)
    this.volume.changed(node)
  }

  get #writableNode(): FileNode {
    const node = this.node
    if (!this.access.writes) throw new FsError('bad-descriptor')
    return node
  }
}

export class OpenDirectory extends Handle<DirectoryNode> {
  readonly kind = 'directory'

  /** The entries behind `cookie` (0: all), without `.` and `..`. */
  entries(cookie: number): Generator<DirectoryEntry, void, undefined> {
    const node = this.node
    node.atime = this.volume.now()
    return entriesOf(node, cookie)
  }
}

function* entriesOf({ entries }: DirectoryNode, cookie: number): Generator<DirectoryEntry, void, undefined> {
  for (const [name, { node: { id, kind }, serial }] of entries) {
    if (serial > cookie) yield { name, id, kind, cookie: serial }
  }
}

export function setTimes(volume: Volume, node: FsNode, times: NewTimes): void {
  const now = volume.now()
  if (times.atime !== undefined) node.atime = times.atime === 'now' ? now : times.atime
  if (times.mtime !== undefined) node.mtime = times.mtime === 'now' ? now : times.mtime
  volume.changed(node)
}
