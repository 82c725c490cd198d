/** What a lane gives to the life of an extension's instances: how the first one comes to be, of what the others are made, what they load. */
import type { Limits } from '../../manifest/limits.ts'
import type { Instance } from './instance.ts'
import type { Program } from '../frame/program.ts'

/** How far preparing an extension is. */
export interface PrepareProgress {
  /** `download`: the transpiler, once; `transpile`: the package's WebAssembly. */
  readonly stage: string
  /** 0 to 1. */
  readonly fraction: number
}

/** Where a runtime may work before the extension starts. */
export interface Workbench {
  /** Lends a fresh instance of the extension to `work`, which has a deadline. */
  prepare<T>(work: (instance: Instance) => Promise<T>): Promise<T>
}

export interface PrepareContext {
  readonly workbench: Workbench
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
}

/** Hears what preparing takes. */
export interface PrepareWatch {
  /** Prepared output was looked for. */
  looked(isHit: boolean): void
  /** Measures `work`. */
  compile<T>(work: () => Promise<T>): Promise<T>
}

export interface Runtime {
  /** The work that is done once per digest, before anything is recorded. Runs nothing of the guest's. @throws {PackageError} @throws {LaneError} @throws {LimitError} */
  prepare(context: PrepareContext): Promise<void>
  /** A booted instance in a frame that has seen no guest; the caller owns both. @throws {LaneError} @throws {PackageError} */
  first(limits: Limits): Promise<Instance>
  /** A second worker stands ready once one has started: what it is made of costs too much to read at each start. */
  readonly keepsSpare: boolean
  /**
   * The spare runs the guest's start ahead of its first call: what is cold in a worker costs ten times what it costs a second time. Not where a
   * start reads what calls change meanwhile.
   */
  readonly preloads: boolean
  /** For further workers in that frame. @throws {LaneError} @throws {PackageError} */
  program(): Promise<Program>
  /** The argument of the worker's `load`. */
  load(): Promise<object> | object
}
