/** Whether one name may take another's place. https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html */
import { FsError } from './error.ts'
import type { DirectoryNode } from './node.ts'
import type { Place } from './walk.ts'

type EntryPlace = Extract<Place, { readonly kind: 'entry' }>

/**
 * False when there is nothing to do: both names stand for the same file.
 *
 * @throws {FsError} no-entry, invalid into itself, not-directory, is-directory, not-empty
 */
export function verifyRename(source: EntryPlace, target: EntryPlace): boolean {
  const node = source.node
  const replaced = target.node
  if (node === undefined) throw new FsError('no-entry')
  if (node.kind === 'directory') {
    if (isWithin(node, target.parent)) throw new FsError('invalid')
  } else if (source.hasSlash || target.hasSlash) {
    throw new FsError('not-directory')
  }
  if (node === replaced) return false
  if (replaced === undefined) return true
  if (replaced.kind === 'directory' && isWithin(replaced, source.parent)) throw new FsError('not-empty')
  if (node.kind === 'directory' && replaced.kind !== 'directory') throw new FsError('not-directory')
  if (node.kind !== 'directory' && replaced.kind === 'directory') throw new FsError('is-directory')
  if (replaced.kind === 'directory' && replaced.entries.size > 0) throw new FsError('not-empty')
  return true
}

function isWithin(outer: DirectoryNode, inner: DirectoryNode): boolean {
  for (let node: DirectoryNode | undefined = inner; node !== undefined; node = node.parent) {
    if (node === outer) return true
  }
  return false
}
