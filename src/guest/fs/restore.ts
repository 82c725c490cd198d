/**
 * A file system from its records. They come from a disk: what does not hang together is refused as a whole, since half a tree would be
 * stored over the other half.
 */
import { Content } from './content.ts'
import { FsError } from './error.ts'
import type { DirectoryNode, FsNode } from './node.ts'
import { parseRecord, type FsRecord } from './record.ts'
import { Usage } from './usage.ts'
import { ROOT_ID, Volume, type VolumeOptions } from './volume.ts'
import { verifyText } from './walk.ts'

type DirectoryRecord = Extract<FsRecord, { readonly kind: 'directory' }>

const encoder = new TextEncoder()

/** @throws {FsError} invalid, or what a name may not be */
export function restoreVolume(values: readonly unknown[], options: VolumeOptions): Volume {
  const usage = new Usage(options.limits)
  const records = values.map(parseRecord)
  const nodes = new Map(records.map((record) => [record.id, nodeOf(record, usage)]))
  if (nodes.size !== records.length) throw broken('two records have one id')
  const root = nodes.get(ROOT_ID)
  if (root?.kind !== 'directory') throw broken('there is no root')
  root.links = 1
  for (const record of records) if (record.kind === 'directory') fill(record, nodes, options)
  verifyTree(root, nodes, usage)
  const nextId = records.reduce((highest, { id }) => Math.max(highest, id), ROOT_ID) + 1
  return new Volume(options, { root, nextId, usage })
}

function nodeOf(record: FsRecord, usage: Usage): FsNode {
  const { id, atime, mtime, ctime } = record
  const base = { id, atime, mtime, ctime, links: 0, opens: 0 }
  switch (record.kind) {
    case 'file':
      usage.takeStored(record.bytes.length, 0)
      return { ...base, kind: 'file', content: Content.of(usage, record.bytes) }
    case 'symlink':
      usage.takeStored(encoder.encode(record.target).length, 0)
      return { ...base, kind: 'symlink', target: record.target }
    case 'directory':
      return { ...base, kind: 'directory', entries: new Map(), parent: undefined, nextSerial: 1 }
  }
}

function fill(record: DirectoryRecord, nodes: ReadonlyMap<number, FsNode>, { limits }: VolumeOptions): void {
  const parent = nodes.get(record.id)
  if (parent?.kind !== 'directory') throw broken('a directory is none')
  for (const [name, id, serial] of record.entries) {
    verifyText(name, limits.nameBytes)
    const node = nodes.get(id)
    if (node === undefined || parent.entries.has(name)) throw broken('a name stands for nothing, or twice')
    if (node.kind === 'directory') {
      if (node.links > 0) throw broken('a directory has two names')
      node.parent = parent
    }
    node.links += 1
    parent.entries.set(name, { node, serial })
    parent.nextSerial = serial + 1
  }
}

/** Everything hangs below the root: no cycles apart from it, nothing that only takes room. */
function verifyTree(root: DirectoryNode, nodes: ReadonlyMap<number, FsNode>, usage: Usage): void {
  const seen = new Set<FsNode>([root])
  const waiting: FsNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind !== 'directory') continue
    usage.takeStored(0, node.entries.size)
    for (const { node: child } of node.entries.values()) {
      if (seen.has(child)) continue
      seen.add(child)
      waiting.push(child)
    }
  }
  if (seen.size !== nodes.size) throw broken('a node hangs nowhere')
}

function broken(what: string): FsError {
  return new FsError('invalid', `The stored file system is broken: ${what}.`)
}
