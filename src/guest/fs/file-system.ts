/**
 * The one virtual file system under every version of WASI: operations on paths, as POSIX has them. Every path starts at an open directory and
 * stays below it, in that directory's own file system: operations of one serve the handles of another, too (the preopens of a guest may be of
 * several). In memory; `takeChanges` and `restore` are the two ends of keeping it.
 */
import { FsError } from './error.ts'
import { OpenDirectory, OpenFile, setTimes, type NewTimes } from './handle.ts'
import { statOf, type FsNode, type Stat } from './node.ts'
import { recordOf, type FsChanges } from './record.ts'
import { verifyRename } from './rename.ts'
import { restoreVolume } from './restore.ts'
import { DEFAULT_FS_LIMITS, type FsLimits } from './usage.ts'
import { Volume } from './volume.ts'
import { verifyText, walk, type Place } from './walk.ts'

export interface FileSystemOptions {
  readonly limits?: Partial<FsLimits>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

export interface OpenFlags {
  /** Follow a symbolic link at the path's end; default false. */
  readonly follows?: boolean
  readonly creates?: boolean
  /** With `creates`: fail when it is there. */
  readonly isExclusive?: boolean
  readonly truncates?: boolean
  /** Fail when it is no directory. */
  readonly wantsDirectory?: boolean
  readonly reads?: boolean
  readonly writes?: boolean
}

export interface LookupOptions {
  /** Follow a symbolic link at the path's end. */
  readonly follows: boolean
}

type EntryPlace = Extract<Place, { readonly kind: 'entry' }>

export class FileSystem {
  readonly #volume: Volume

  constructor(options: FileSystemOptions, records?: readonly unknown[]) {
    const resolved = { now: options.now, limits: { ...DEFAULT_FS_LIMITS, ...options.limits } }
    this.#volume = records === undefined ? new Volume(resolved) : restoreVolume(records, resolved)
  }

  /** Builds what `takeChanges` gave, all changes applied. @throws {FsError} invalid: no set of records that one makes */
  static restore(records: readonly unknown[], options: FileSystemOptions): FileSystem {
    return new FileSystem(options, records)
  }

  get usedBytes(): number {
    return this.#volume.usage.bytes
  }

  get limits(): FsLimits {
    return this.#volume.usage.limits
  }

  /** The root, as a preopen: the guest holds it and reaches nothing above. */
  openRoot(access: 'read' | 'read-write'): OpenDirectory {
    return new OpenDirectory(this.#volume, this.#volume.root, access === 'read-write')
  }

  /** @throws {FsError} no-entry, exist, is-directory, not-directory, loop, read-only, quota, and what paths give */
  open(base: OpenDirectory, path: string, flags: OpenFlags): OpenFile | OpenDirectory {
    const isExclusive = flags.creates === true && flags.isExclusive === true
    // What is to be created is no directory: a slash behind it fails before any link is followed.
    const staysAtLast = isExclusive || (flags.creates === true && path.endsWith('/'))
    const place = this.#walk(base, path, staysAtLast ? 'never' : flags.follows === true ? 'always' : 'slash')
    if (flags.creates === true && flags.wantsDirectory === true) throw new FsError('invalid')
    if (flags.creates === true && hasSlash(place)) throw new FsError('is-directory')
    if (place.kind === 'entry' && place.node === undefined) return this.#create(base, place, flags)
    if (isExclusive) throw new FsError('exist')
    const node = nodeOf(place)
    if (node.kind === 'symlink') throw new FsError('loop')
    if (node.kind === 'directory') {
      if (flags.creates === true || flags.writes === true || flags.truncates === true) throw new FsError('is-directory')
      return new OpenDirectory(base.volume, node, base.isWritable)
    }
    if (flags.wantsDirectory === true || hasSlash(place)) throw new FsError('not-directory')
    if (flags.writes === true || flags.truncates === true) base.verifyWritable()
    if (flags.truncates === true) {
      node.content.resize(0)
      base.volume.modified(node)
    }
    return new OpenFile(base.volume, node, base.isWritable, accessOf(flags))
  }

  /** @throws {FsError} no-entry, loop, and what paths give */
  stat(base: OpenDirectory, path: string, { follows }: LookupOptions): Stat {
    return statOf(existing(this.#walk(base, path, follows ? 'always' : 'slash')))
  }

  /** @throws {FsError} read-only, no-entry, loop, and what paths give */
  setTimes(base: OpenDirectory, path: string, { follows }: LookupOptions, times: NewTimes): void {
    const node = existing(this.#walk(base, path, follows ? 'always' : 'slash'))
    base.verifyWritable()
    setTimes(base.volume, node, times)
  }

  /** @throws {FsError} exist, read-only, quota, and what paths give */
  makeDirectory(base: OpenDirectory, path: string): void {
    const place = this.#walk(base, path, 'never')
    if (place.kind === 'self' || place.node !== undefined) throw new FsError('exist')
    base.verifyWritable()
    base.volume.createDirectory(place.parent, place.name)
  }

  /** @throws {FsError} not-directory, not-empty, busy, read-only, and what paths give */
  removeDirectory(base: OpenDirectory, path: string): void {
    const place = this.#walk(base, path, 'never')
    if (place.kind === 'self') throw new FsError(place.node === base.volume.root ? 'busy' : 'invalid')
    const node = nodeOf(place)
    if (node.kind !== 'directory') throw new FsError('not-directory')
    if (node.entries.size > 0) throw new FsError('not-empty')
    base.verifyWritable()
    base.volume.unlink(place.parent, place.name)
  }

  /** @throws {FsError} is-directory, not-directory for a slash at the end, read-only, and what paths give */
  unlink(base: OpenDirectory, path: string): void {
    const place = this.#walk(base, path, 'never')
    if (place.kind === 'self' || nodeOf(place).kind === 'directory') throw new FsError('is-directory')
    if (place.hasSlash) throw new FsError('not-directory')
    base.verifyWritable()
    base.volume.unlink(place.parent, place.name)
  }

  /** @throws {FsError} busy, invalid into itself, is-directory, not-directory, not-empty, cross-device, read-only, and what paths give */
  rename(from: OpenDirectory, oldPath: string, to: OpenDirectory, newPath: string): void {
    verifySameVolume(from, to)
    const source = this.#walk(from, oldPath, 'never')
    const target = this.#walk(to, newPath, 'never')
    if (source.kind === 'self' || target.kind === 'self') throw new FsError('busy')
    const isMove = verifyRename(source, target)
    from.verifyWritable()
    to.verifyWritable()
    if (isMove) from.volume.move(source.parent, source.name, target.parent, target.name)
  }

  /** @throws {FsError} exist, not-permitted for a directory, cross-device, read-only, quota, and what paths give */
  link(from: OpenDirectory, oldPath: string, { follows }: LookupOptions, to: OpenDirectory, newPath: string): void {
    verifySameVolume(from, to)
    const source = this.#walk(from, oldPath, follows ? 'always' : 'slash')
    const node = existing(source)
    const target = this.#newName(to, newPath)
    if (node.kind === 'directory') throw new FsError('not-permitted')
    from.verifyWritable()
    to.volume.link(target.parent, target.name, node)
  }

  /** @throws {FsError} exist, not-permitted for an absolute target, no-entry for an empty one, read-only, quota, and what paths give */
  symlink(base: OpenDirectory, path: string, target: string): void {
    verifyText(target, base.volume.usage.limits.pathBytes)
    if (target === '') throw new FsError('no-entry')
    if (target.startsWith('/')) throw new FsError('not-permitted')
    const { parent, name } = this.#newName(base, path)
    base.volume.createSymlink(parent, name, target)
  }

  /** @throws {FsError} invalid when it is no symbolic link, and what paths give */
  readlink(base: OpenDirectory, path: string): string {
    const node = existing(this.#walk(base, path, 'slash'))
    if (node.kind !== 'symlink') throw new FsError('invalid')
    node.atime = base.volume.now()
    return node.target
  }

  /** True when `takeChanges` would give something. */
  get isChanged(): boolean {
    return !this.#volume.changes.isEmpty
  }

  /**
   * What changed since the last time, as copies; of a new file system everything. To be stored in one transaction, so that a crash leaves the
   * old state or the new. Whoever fails to store them gives them back to `keepChanges`.
   */
  takeChanges(): FsChanges {
    const { puts, deletes } = this.#volume.changes.take()
    return { puts: puts.map(recordOf), deletes }
  }

  /** The changes were not stored: they are to be in the next `takeChanges` again. */
  keepChanges(changes: FsChanges): void {
    const wanted = new Set(changes.puts.map(({ id }) => id))
    const living = new Map<number, FsNode>()
    visit(this.#volume.root, (node) => wanted.has(node.id) && living.set(node.id, node))
    this.#volume.changes.keep([...living.values()], changes.deletes)
  }

  #walk(base: OpenDirectory, path: string, follows: 'always' | 'slash' | 'never'): Place {
    return walk(base.node, path, { limits: base.volume.usage.limits, follows })
  }

  #create(base: OpenDirectory, place: EntryPlace, flags: OpenFlags): OpenFile {
    if (flags.creates !== true) throw new FsError('no-entry')
    base.verifyWritable()
    return new OpenFile(base.volume, base.volume.createFile(place.parent, place.name), true, accessOf(flags))
  }

  /** Where a link is to be made. A slash at its end asks for a directory, which a link is not. */
  #newName(base: OpenDirectory, path: string): EntryPlace {
    const place = this.#walk(base, path, 'never')
    if (place.kind === 'self' || place.node !== undefined) throw new FsError('exist')
    if (place.hasSlash) throw new FsError('no-entry')
    base.verifyWritable()
    return place
  }
}

function accessOf({ reads = false, writes = false }: OpenFlags): { readonly reads: boolean, readonly writes: boolean } {
  return { reads, writes }
}

function hasSlash(place: Place): boolean {
  return place.kind === 'entry' && place.hasSlash
}

function nodeOf(place: Place): FsNode {
  if (place.node === undefined) throw new FsError('no-entry')
  return place.node
}

/** What is there, and is a directory where the path ends in a slash. */
function existing(place: Place): FsNode {
  const node = nodeOf(place)
  if (hasSlash(place) && node.kind !== 'directory') throw new FsError('not-directory')
  return node
}

function verifySameVolume(from: OpenDirectory, to: OpenDirectory): void {
  if (from.volume !== to.volume) throw new FsError('cross-device')
}

function visit(root: FsNode, look: (node: FsNode) => void): void {
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    look(node)
    if (node.kind === 'directory') for (const entry of node.entries.values()) waiting.push(entry.node)
  }
}
