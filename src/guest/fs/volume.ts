/**
 * The tree and its bookkeeping: which name stands for which node, what is charged, what has changed since it was last stored. Knows no paths
 * and no handles.
 */
import { Changes } from './changes.ts'
import { Content } from './content.ts'
import { FsError } from './error.ts'
import type { DirectoryNode, FileNode, FsNode, SymlinkNode } from './node.ts'
import { Usage, type FsLimits } from './usage.ts'

export interface VolumeOptions {
  readonly limits: FsLimits
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

export const ROOT_ID = 1

const encoder = new TextEncoder()

export class Volume {
  readonly usage: Usage
  readonly now: () => bigint
  readonly changes = new Changes()
  readonly root: DirectoryNode
  #nextId: number

  /** `restored`: a root with all that hangs below it, already charged to `usage`. */
  constructor(options: VolumeOptions, restored?: { readonly root: DirectoryNode, readonly nextId: number, readonly usage: Usage }) {
    this.now = options.now
    this.usage = restored?.usage ?? new Usage(options.limits)
    this.#nextId = restored?.nextId ?? ROOT_ID
    this.root = restored?.root ?? this.#newDirectory(undefined)
    if (restored === undefined) {
      this.root.links = 1
      this.changes.put(this.root)
    }
  }

  /** @throws {FsError} quota, no-entry when the directory itself is gone */
  createFile(parent: DirectoryNode, name: string): FileNode {
    const node: FileNode = { ...this.#newNode(), kind: 'file', content: new Content(this.usage) }
    this.#addNew(parent, name, node)
    return node
  }

  /** @throws {FsError} quota, no-entry when the directory itself is gone */
  createDirectory(parent: DirectoryNode, name: string): DirectoryNode {
    const node = this.#newDirectory(parent)
    this.#addNew(parent, name, node)
    return node
  }

  /** @throws {FsError} quota, no-entry when the directory itself is gone */
  createSymlink(parent: DirectoryNode, name: string, target: string): SymlinkNode {
    const size = encoder.encode(target).length
    this.usage.takeBytes(size)
    const node: SymlinkNode = { ...this.#newNode(), kind: 'symlink', target }
    try {
      this.#addNew(parent, name, node)
    } catch (error) {
      this.usage.freeBytes(size)
      throw error
    }
    return node
  }

  /** One more name for `node`. @throws {FsError} quota, no-entry when the directory itself is gone */
  link(parent: DirectoryNode, name: string, node: FsNode): void {
    this.#verifyAlive(parent)
    this.usage.takeEntry()
    this.#add(parent, name, node)
    node.links += 1
    this.changed(node)
  }

  unlink(parent: DirectoryNode, name: string): void {
    const node = this.#remove(parent, name)
    if (node === undefined) return
    node.links -= 1
    if (node.links > 0) {
      this.usage.freeEntry()
      this.changed(node)
      return
    }
    node.ctime = this.now()
    if (node.kind === 'directory') node.parent = undefined
    this.changes.delete(node)
    this.#endIfUnused(node)
  }

  /** The name moves; what had the new name loses it. The caller has checked that it may. */
  move(from: DirectoryNode, oldName: string, to: DirectoryNode, newName: string): void {
    this.#verifyAlive(to)
    this.unlink(to, newName)
    const node = this.#remove(from, oldName)
    if (node === undefined) return
    this.#add(to, newName, node)
    if (node.kind === 'directory') node.parent = to
    this.changed(node)
  }

  /** A handle to `node` was closed. */
  release(node: FsNode): void {
    node.opens -= 1
    if (node.links === 0) this.#endIfUnused(node)
  }

  /** The contents changed. */
  modified(node: FsNode): void {
    node.mtime = this.now()
    node.ctime = node.mtime
    this.stored(node)
  }

  /** What is known about the node changed. */
  changed(node: FsNode): void {
    node.ctime = this.now()
    this.stored(node)
  }

  /** The node has to be stored again. One without a name never is. */
  stored(node: FsNode): void {
    if (node.links > 0) this.changes.put(node)
  }

  #newNode(): Omit<SymlinkNode, 'kind' | 'target'> {
    const now = this.now()
    const id = this.#nextId
    this.#nextId += 1
    return { id, links: 0, opens: 0, atime: now, mtime: now, ctime: now }
  }

  #newDirectory(parent: DirectoryNode | undefined): DirectoryNode {
    return { ...this.#newNode(), kind: 'directory', entries: new Map(), parent, nextSerial: 1 }
  }

  #addNew(parent: DirectoryNode, name: string, node: FsNode): void {
    this.#verifyAlive(parent)
    this.usage.takeEntry()
    this.#add(parent, name, node)
    node.links = 1
    this.changes.put(node)
  }

  #verifyAlive(parent: DirectoryNode): void {
    if (parent.links === 0) throw new FsError('no-entry')
  }

  #add(parent: DirectoryNode, name: string, node: FsNode): void {
    parent.entries.set(name, { node, serial: parent.nextSerial })
    parent.nextSerial += 1
    this.modified(parent)
  }

  #remove(parent: DirectoryNode, name: string): FsNode | undefined {
    const node = parent.entries.get(name)?.node
    if (node === undefined) return undefined
    parent.entries.delete(name)
    this.modified(parent)
    return node
  }

  /** Nameless, but open: its bytes and its entry stay charged until the last handle is closed. */
  #endIfUnused(node: FsNode): void {
    if (node.opens > 0) return
    this.usage.freeEntry()
    if (node.kind === 'file') node.content.free()
    else if (node.kind === 'symlink') this.usage.freeBytes(encoder.encode(node.target).length)
  }
}
