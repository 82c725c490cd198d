/** Inodes: what names stand for. A node lives while a name or an open handle holds it. */
import type { Content } from './content.ts'

export type NodeKind = 'file' | 'directory' | 'symlink'

interface NodeBase {
  /** Unique and never used again within one file system, also over restarts. */
  readonly id: number
  /** Names of it; a directory has one, and none once it is removed. */
  links: number
  /** Open handles. */
  opens: number
  /** Nanoseconds since 1970. */
  atime: bigint
  mtime: bigint
  ctime: bigint
}

export interface FileNode extends NodeBase {
  readonly kind: 'file'
  readonly content: Content
}

export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory'
  /** By name, in the order of their serials. A Map: `__proto__` is a file name like any other. */
  readonly entries: Map<string, Entry>
  /** Undefined for the root and for what was removed. */
  parent: DirectoryNode | undefined
  nextSerial: number
}

export interface SymlinkNode extends NodeBase {
  readonly kind: 'symlink'
  readonly target: string
}

export type FsNode = FileNode | DirectoryNode | SymlinkNode

export interface Entry {
  readonly node: FsNode
  /** Grows within a directory and is never used again: the cookie that a reader goes on from, whatever changed in between. */
  readonly serial: number
}

export interface Stat {
  readonly id: number
  readonly kind: NodeKind
  readonly links: number
  /** Bytes; a directory's is 0. */
  readonly size: number
  readonly atime: bigint
  readonly mtime: bigint
  readonly ctime: bigint
}

const encoder = new TextEncoder()

export function statOf(node: FsNode): Stat {
  const { id, kind, links, atime, mtime, ctime } = node
  return { id, kind, links, size: sizeOf(node), atime, mtime, ctime }
}

function sizeOf(node: FsNode): number {
  switch (node.kind) {
    case 'file':
      return node.content.size
    case 'symlink':
      return encoder.encode(node.target).length
    case 'directory':
      return 0
  }
}
