/**
 * Directories of an extension that outlive its instances, in its worker: loaded from the host when the guest starts, committed when a call has
 * ended. Between the two they are memory; a call that fails to commit leaves them as they are stored, and says so.
 */
import { CapabilityFailure } from '../outward.ts'
import { ENGINE_CLOCK } from '../wasi-p1/clock.ts'
import { FileSystem } from './file-system.ts'
import type { OpenDirectory } from './handle.ts'
import type { FsLimits } from './usage.ts'

/** As the page sends it, from the manifest. */
export interface KeptDirectory {
  /** Absolute: `/data`. */
  readonly path: string
  readonly isWritable: boolean
}

/** A capability call outside the guest's code; rejects with an error that has one of the broker's codes. */
export type AskHost = (method: string, args: readonly unknown[]) => Promise<unknown>

export interface Preopen {
  readonly name: string
  readonly directory: OpenDirectory
}

/** A directory as it was stored at a revision. */
export interface StoredTree {
  readonly fs: FileSystem
  readonly revision: number
}

interface Kept extends KeptDirectory {
  fs: FileSystem
  revision: number
}

export class KeptDirectories {
  readonly #ask: AskHost
  readonly #kept: readonly Kept[]
  #lost: KeptLost | undefined
  #renewing: Promise<void> | undefined

  private constructor(ask: AskHost, kept: readonly Kept[]) {
    this.#ask = ask
    this.#kept = kept
  }

  /** Those that the broker gives; one that the user denied is not there. Rejects as `ask` does, but for denials. */
  static async open(directories: readonly KeptDirectory[], ask: AskHost): Promise<KeptDirectories> {
    const trees = await loadTrees(ask, directories)
    const kept = directories.flatMap((directory): Kept[] => {
      const tree = trees.get(directory.path)
      return tree === undefined ? [] : [{ ...directory, ...tree }]
    })
    return new KeptDirectories(ask, kept)
  }

  /** Fresh handles, for one instance of the guest. */
  preopens(): readonly Preopen[] {
    return this.#kept.map(({ path, isWritable, fs }) => ({ name: path, directory: fs.openRoot(isWritable ? 'read-write' : 'read') }))
  }

  /**
   * To be called when a call has ended well. What could not be stored, and everything after it, is lost: the guest's instance knows more than
   * the store, and must go. @throws {KeptLost} with the broker's code
   */
  async commit(): Promise<void> {
    for (const one of this.#kept) {
      if (this.#lost !== undefined) throw this.#lost
      const { fs } = one
      if (!one.isWritable || !fs.isChanged) continue
      try {
        const revision = await commitTree(this.#ask, one.path, one)
        if (one.fs !== fs) throw new KeptLost(undefined) // a reset has overtaken it: the tree that is there now is another one's
        one.revision = revision
      } catch (error) {
        const lost = error instanceof KeptLost ? error : new KeptLost(error)
        if (one.fs === fs) this.#lost = lost
        throw lost
      }
    }
  }

  /** A call did not end well, and its instance is gone: what it changed is none of the next one's. Takes effect in `renew`. */
  revert(): void {
    this.#lost ??= new KeptLost(undefined)
  }

  /**
   * To be called before an instance is made: what was lost is read again. A tree that is not the stored one is never committed, else it would
   * name nodes that nobody stored. Rejects as `ask` does; nothing is renewed then.
   */
  renew(): Promise<void> {
    if (this.#lost === undefined) return Promise.resolve()
    // Two at once would each give trees: an instance could go on with those that the other has replaced, whose changes nobody stores.
    this.#renewing ??= this.#read().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #read(): Promise<void> {
    const trees = await loadTrees(this.#ask, this.#kept)
    if (this.#kept.some(({ path }) => !trees.has(path))) throw new CapabilityFailure('permission-denied', 'What was lost may not be read again.')
    for (const one of this.#kept) Object.assign(one, trees.get(one.path))
    this.#lost = undefined
  }
}

/** What a call changed in kept directories could not be stored. */
export class KeptLost extends CapabilityFailure {
  constructor(cause: unknown) {
    const code: unknown = Reflect.get(Object(cause), 'code')
    super(typeof code === 'string' ? code : 'internal', cause instanceof Error ? cause.message : 'What the call changed was not stored.')
  }
}

/** Those that the broker gives, by their paths; the user is asked once for all of them. Rejects as `ask` does, but for denials. */
async function loadTrees(ask: AskHost, directories: readonly Pick<KeptDirectory, 'path'>[]): Promise<ReadonlyMap<string, StoredTree>> {
  const opened = await ask('file.open', [directories.map(({ path }) => path)])
  const paths = directories.map(({ path }) => path).filter((path) => Array.isArray(opened) && opened.includes(path))
  const loaded = await Promise.all(paths.map(async (path): Promise<readonly [string, StoredTree][]> => {
    try {
      return [[path, await loadTree(ask, path)]]
    } catch (error) {
      if (isDenial(error)) return [] // taken back meanwhile
      throw error
    }
  }))
  return new Map(loaded.flat())
}

export interface LoadOptions {
  readonly limits?: Partial<FsLimits>
  /** What the asker has: given back when it is still what is stored. */
  readonly known?: StoredTree | undefined
}

/** All nodes of a directory, a page after the other. Rejects as `ask` does. */
export async function loadTree(ask: AskHost, path: string, { limits = {}, known }: LoadOptions = {}): Promise<StoredTree> {
  for (;;) {
    const { revision, nodes } = await readPages(ask, path, known?.revision)
    if (known !== undefined && revision === known.revision) return known
    if (nodes === undefined) continue // another instance committed in between
    const options = { now: ENGINE_CLOCK.wall, limits }
    const fs = nodes.length === 0 ? new FileSystem(options) : FileSystem.restore(nodes, options)
    if (nodes.length === 0) fs.takeChanges() // the empty root: stored with the first change, not by a call that only reads
    return { fs, revision }
  }
}

/** Stores what changed and gives the new revision. Rejects as `ask` does: the changes are in neither tree nor store then. */
export async function commitTree(ask: AskHost, path: string, { fs, revision }: StoredTree): Promise<number> {
  const { puts, deletes } = fs.takeChanges()
  return Number(await ask('file.commit', [path, revision, puts.map((record) => [record.id, record]), deletes]))
}

async function readPages(ask: AskHost, path: string, since: number | undefined): Promise<{ readonly revision: number; readonly nodes: readonly unknown[] | undefined }> {
  const nodes: unknown[] = []
  let revision: number | undefined
  for (let after: unknown = 0; after !== null;) {
    const page = Object(await ask('file.load', [path, after, since ?? null])) as Readonly<Record<string, unknown>> // the page's word, built by our own half
    const found = Number(page['revision'])
    revision ??= found
    if (found !== revision) return { revision, nodes: undefined }
    if (Array.isArray(page['nodes'])) nodes.push(...(page['nodes'] as readonly unknown[])) // an array by the check
    after = page['next'] ?? null
  }
  return { revision: revision ?? 0, nodes }
}

function isDenial(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code')
  return code === 'permission-denied' || code === 'permission-revoked'
}
