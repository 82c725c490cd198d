/**
 * Directories of an extension that outlive its instances, in its worker: loaded from the host when the guest starts, committed when a call has
 * ended. Between the two they are memory; a call that fails to commit leaves them as they are stored, and says so.
 */
import { ENGINE_CLOCK } from '../wasi-p1/clock.ts'
import { FileSystem } from './file-system.ts'
import type { OpenDirectory } from './handle.ts'

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

interface Kept extends KeptDirectory {
  fs: FileSystem
  revision: number
}

export class KeptDirectories {
  readonly #ask: AskHost
  readonly #kept: readonly Kept[]

  private constructor(ask: AskHost, kept: readonly Kept[]) {
    this.#ask = ask
    this.#kept = kept
  }

  /** Those that the broker gives; one that the user denied is not there. Rejects as `ask` does, but for denials. */
  static async open(directories: readonly KeptDirectory[], ask: AskHost): Promise<KeptDirectories> {
    const kept = await Promise.all(directories.map(async (directory) => {
      try {
        return { ...directory, ...(await load(ask, directory.path)) }
      } catch (error) {
        if (isDenial(error)) return undefined
        throw error
      }
    }))
    return new KeptDirectories(ask, kept.filter((one) => one !== undefined))
  }

  /** Fresh handles, for one instance of the guest. */
  preopens(): readonly Preopen[] {
    return this.#kept.map(({ path, isWritable, fs }) => ({ name: path, directory: fs.openRoot(isWritable ? 'read-write' : 'read') }))
  }

  /**
   * To be called when a call has ended well. Rejects with the broker's error when something could not be stored: the directories are then as
   * they are stored, so the guest's instance, which knows more, must go.
   */
  async commit(): Promise<void> {
    for (const one of this.#kept) {
      if (!one.isWritable || !one.fs.isChanged) continue
      const { puts, deletes } = one.fs.takeChanges()
      try {
        const revision = await this.#ask('file.commit', [one.path, one.revision, puts.map((record) => [record.id, record]), deletes])
        one.revision = Number(revision)
      } catch (error) {
        await this.revert()
        throw error
      }
    }
  }

  /** Back to what is stored, after a call that did not end well. The guest's instance must go. */
  async revert(): Promise<void> {
    await Promise.all(this.#kept.map(async (one) => {
      if (one.fs.isChanged || one.isWritable) Object.assign(one, await load(this.#ask, one.path))
    }))
  }
}

async function load(ask: AskHost, path: string): Promise<Pick<Kept, 'fs' | 'revision'>> {
  const answer = Object(await ask('file.load', [path])) as Readonly<Record<string, unknown>> // the page's word, built by our own half
  const nodes: unknown = answer['nodes']
  const options = { now: ENGINE_CLOCK.wall }
  const isNew = !Array.isArray(nodes) || nodes.length === 0
  const fs = isNew ? new FileSystem(options) : FileSystem.restore(nodes, options)
  if (isNew) fs.takeChanges() // the empty root: stored with the first change, not by a call that only reads
  return { fs, revision: Number(answer['revision']) }
}

function isDenial(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code')
  return code === 'permission-denied' || code === 'permission-revoked'
}
