/** What the import implementations of one instance share. A fresh instance gets a fresh one: nothing of WASI outlives a reset. */
import type { FileSystem } from '../fs/file-system.ts'
import type { Preopen } from '../fs/kept.ts'
import type { Outward } from '../outward.ts'
import type { ResourceCount } from './resource.ts'

export interface WasiContext {
  readonly outward: Outward
  readonly resources: ResourceCount
  readonly args: readonly string[]
  readonly env: readonly (readonly [string, string])[]
  /** wasi:config. */
  readonly config: ReadonlyMap<string, string>
  readonly files: {
    /** Any: it serves the directories of all. */
    readonly fs: FileSystem
    readonly preopens: readonly Preopen[]
  }
  /** That is being served. */
  readonly call: {
    /** The page's number; undefined outside calls. */
    id(): number | undefined
    /** Id of the extension that made it. */
    caller(): string | undefined
    /** Ends it, and the instance: an import failed in a way that the component cannot hear of. */
    fail(error: Error): void
  }
  /** ms since the instance's start, monotonic. */
  now(): number
}

/** Where the glue finds an import. */
export type ImportLookup = Pick<ImportTable, 'get'>

/** Members of the import interfaces by their name without a version; the glue asks for them so. */
export type ImportTable = Map<string, Readonly<Record<string, unknown>>>

