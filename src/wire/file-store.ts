/**
 * What the file capability needs of a store; cache/ implements it. It lives here because capability/ and cache/ are peers. A directory is a set
 * of nodes by number, as the guest's own file system makes them: what is in a node only that reads.
 */
import type { StoredValue } from './key-value.ts'

export interface StoredDirectory {
  /** Grows with every commit; 0 of one that was never committed to. */
  readonly revision: number
  readonly nodes: readonly StoredValue[]
}

export interface FileCommit {
  /** What the changes were made on. */
  readonly revision: number
  readonly puts: readonly (readonly [node: number, value: StoredValue])[]
  readonly deletes: readonly number[]
  /** Of all directories of the extension together. */
  readonly quotaBytes: number
}

/** The directories of one extension. */
export interface FileStore {
  /** `since`: a revision whose nodes the asker has; without them when it is still the one. */
  load(directory: string, since?: number): Promise<StoredDirectory>
  /** All of it or nothing, in one transaction. Gives the new revision; `conflict`: another instance committed since; `total`: all extensions together have no more. A commit that frees is never refused. */
  commit(directory: string, commit: FileCommit): Promise<number | 'conflict' | 'quota' | 'total'>
}
