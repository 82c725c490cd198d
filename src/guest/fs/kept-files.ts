/**
 * Files of kept directories, one after the other and each as a whole, for guests without handles. The tree here is a copy of what is stored: compared
 * with the store before each use, so that what another instance wrote is seen, and committed with each change, so that a crash leaves old or new.
 */
import { LimitError } from '../../errors.ts'
import { FsError } from './error.ts'
import type { FileSystem } from './file-system.ts'
import type { OpenDirectory, OpenFile } from './handle.ts'
import { commitTree, loadTree, type AskHost, type StoredTree } from './kept.ts'
import type { NodeKind } from './node.ts'

export interface ListedFile {
  readonly name: string
  readonly kind: NodeKind
  /** Bytes; a directory's is 0. */
  readonly size: number
  /** ms since 1970. */
  readonly modified: number
}

/** How the broker tells that another instance was faster. */
const CONFLICT = 'version-conflict'
const MAX_TRIES = 16
/** Between tries, a random part of it that doubles up to this, ms: instances in step with each other would meet again each time. */
const MAX_PAUSE_MS = 64
const later = setTimeout
/** What waits to be written is outside the guest's own memory, which its cap does not see. One file of the largest size always fits. */
const MAX_WAITING_BYTES = 48 * 2 ** 20
const NS_PER_MS = 1_000_000n

export class KeptFiles {
  readonly #ask: AskHost
  readonly #trees = new Map<string, KeptTree>()
  #directories: readonly string[] = []
  #waitingBytes = 0

  constructor(ask: AskHost) {
    this.#ask = ask
  }

  /** Absolute paths, of the manifest: what a path is looked for below. Whether there is a grant the broker says, each time. */
  setDirectories(directories: readonly string[]): void {
    this.#directories = directories
  }

  /** @throws {FsError} @throws {CapabilityFailure} as `ask` does */
  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const { tree, rest } = this.#find(path)
    return tree.look((fs, root) => {
      const file = fs.open(root, rest, { follows: true, reads: true })
      if (file.kind !== 'file') throw new FsError('is-directory')
      const bytes = new Uint8Array(file.size)
      file.read(bytes, 0)
      file.close()
      return bytes
    })
  }

  /** The whole file, with the directories on its way. @throws {FsError} @throws {LimitError} queue-full; as `ask` does */
  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { tree, rest } = this.#find(path)
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      throw new LimitError('queue-full', `Files that wait to be written may hold ${MAX_WAITING_BYTES} bytes together.`)
    }
    this.#waitingBytes += bytes.length
    try {
      await tree.change((fs, root) => replaceFile(fs, root, rest, bytes))
    } finally {
      this.#waitingBytes -= bytes.length
    }
  }

  /** A file, a link, or a directory without entries. @throws {FsError}; as `ask` does */
  async remove(path: string): Promise<void> {
    const { tree, rest } = this.#find(path)
    return tree.change((fs, root) => {
      if (fs.stat(root, rest, { follows: false }).kind === 'directory') fs.removeDirectory(root, rest)
      else fs.unlink(root, rest)
    })
  }

  /** By name. @throws {FsError}; as `ask` does */
  async list(path: string): Promise<readonly ListedFile[]> {
    const { tree, rest } = this.#find(path)
    return tree.look((fs, root) => {
      const directory = fs.open(root, rest, { follows: true, wantsDirectory: true })
      if (directory.kind !== 'directory') throw new FsError('not-directory')
      const names = [...directory.entries(0)].map(({ name }) => name).sort()
      const listed = names.map((name) => {
        const { kind, size, mtime } = fs.stat(directory, name, { follows: false })
        return { name, kind, size, modified: Number(mtime / NS_PER_MS) }
      })
      directory.close()
      return listed
    })
  }

  /** By the longest directory that it lies in. One of the manifest's or not, the broker is asked: it knows what a refusal is, and writes it down. */
  #find(path: string): { readonly tree: KeptTree; readonly rest: string } {
    if (!path.startsWith('/')) throw new FsError('invalid', 'A path begins with a directory of the manifest, such as /data.')
    const outer = this.#directories.filter((directory) => path === directory || path.startsWith(`${directory}/`))
    const directory = outer.reduce((longest, one) => (one.length > longest.length ? one : longest), '') || `/${path.split('/')[1] ?? ''}`
    const rest = path.slice(directory.length).replace(/^\/+/, '')
    const tree = this.#trees.get(directory) ?? new KeptTree(this.#ask, directory)
    if (outer.length > 0) this.#trees.set(directory, tree)
    return { tree, rest: rest === '' ? '.' : rest }
  }
}

/** One directory; one use at a time. */
class KeptTree {
  readonly #ask: AskHost
  readonly #path: string
  #stored: StoredTree | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(ask: AskHost, path: string) {
    this.#ask = ask
    this.#path = path
  }

  look<T>(use: (fs: FileSystem, root: OpenDirectory) => T): Promise<T> {
    return this.#inTurn(async () => {
      const { fs } = await this.#load()
      return use(fs, fs.openRoot('read'))
    })
  }

  change(use: (fs: FileSystem, root: OpenDirectory) => void): Promise<void> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#tryChange(use)
        } catch (error) {
          if (tries === MAX_TRIES || Reflect.get(Object(error), 'code') !== CONFLICT) throw error
          await new Promise((resolve) => later(resolve, Math.random() * Math.min(2 ** tries, MAX_PAUSE_MS)))
        }
      }
    })
  }

  async #tryChange(use: (fs: FileSystem, root: OpenDirectory) => void): Promise<void> {
    const stored = await this.#load()
    const { fs } = stored
    try {
      use(fs, fs.openRoot('read-write'))
      this.#stored = { fs, revision: await commitTree(this.#ask, this.#path, stored) }
    } catch (error) {
      // What was changed and not stored is nobody's. What was refused at once has changed nothing, and need not be read again.
      if (!(error instanceof FsError) || fs.isChanged) this.#stored = undefined
      throw error
    }
  }

  /** The host's quota counts, also where it is above what a tree in memory has by default: one change is in memory at a time. */
  async #load(): Promise<StoredTree> {
    this.#stored = await loadTree(this.#ask, this.#path, { limits: { bytes: Infinity }, known: this.#stored })
    return this.#stored
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

function replaceFile(fs: FileSystem, root: OpenDirectory, path: string, bytes: Uint8Array<ArrayBuffer>): void {
  const file = openToReplace(fs, root, path)
  if (file.kind !== 'file') throw new FsError('is-directory')
  file.write(bytes, 0)
  file.close()
}

function openToReplace(fs: FileSystem, root: OpenDirectory, path: string): OpenFile | OpenDirectory {
  const flags = { follows: true, creates: true, truncates: true, writes: true }
  try {
    return fs.open(root, path, flags)
  } catch (error) {
    const parents = path.split('/').slice(0, -1)
    // Where `..` leads from what is not there yet, nobody knows.
    if (!(error instanceof FsError) || error.code !== 'no-entry' || parents.includes('..')) throw error
    makeDirectories(fs, root, parents)
    return fs.open(root, path, flags)
  }
}

/** One step a name: from the root each time, a path of two thousand names would take seconds. */
function makeDirectories(fs: FileSystem, root: OpenDirectory, names: readonly string[]): void {
  let here = root
  for (const name of names.filter((one) => one !== '' && one !== '.')) {
    try {
      fs.makeDirectory(here, name)
    } catch (error) {
      if (!(error instanceof FsError) || error.code !== 'exist') throw error
    }
    const next = fs.open(here, name, { follows: true, wantsDirectory: true })
    if (next.kind !== 'directory') throw new FsError('not-directory')
    if (here !== root) here.close()
    here = next
  }
}
