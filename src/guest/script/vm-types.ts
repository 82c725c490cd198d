/**
 * The seam between the script VM (QuickJS and its prelude) and the worker around it. The VM knows no port and no message form;
 * the worker knows no QuickJS. All of it runs in the guest's worker: a cost raiser for an attacker, never the boundary.
 */
import type { GuestLimit } from '../../wire/guest-limit.ts'
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import type { WorkerStats } from '../../wire/worker-stats.ts'
import type { Position } from './stack/frame.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What the worker knows about a log line beside its text. */
export interface LogContext {
  /** The page's number of the call that the guest worked for; undefined outside calls. */
  readonly call: number | undefined
  /** Text and place at original positions. Worth its time only for a line that is sent. */
  resolve(): { readonly text: string; readonly position: Position | undefined }
}

/** Where the VM's capability calls, log lines and streams go. */
export interface Outward {
  /** False when the line was dropped. */
  log(level: LogLevel, text: string, context: LogContext): boolean
  /** The guest met a limit that is kept here, and was told: the page is, too, once a second. */
  limitMet(limit: GuestLimit): void
  /** The VM died, in a call or between calls; called once, after the calls in flight have settled. The worker serves nothing more. */
  died(verdict: ErrorRecord): void
  /** `method` such as `'http.fetch'`. Never rejects. */
  capability(method: string, args: Payload): Promise<Outcome>
  /** A stream that the page announced in a reply (`body: id`). */
  acceptStream(id: number): ByteSource
  /** A stream from the guest to the page; the id goes into the arguments of a capability call. */
  openStream(): { readonly id: number; readonly sink: ByteSink }
}

export interface ByteSource {
  /** Next chunk, or undefined at the end. Rejects with an ErrorRecord-shaped error when the sender failed. Not to be called twice at once. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>
  cancel(): void
}

export interface ByteSink {
  /** Resolves when the receiver's window has room for more. Takes ownership of `bytes` (transferred). */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  end(): void
  fail(error: ErrorRecord): void
}

export interface VmLimits {
  readonly memoryMib: number
  readonly messageBytes: number
  readonly pendingCapabilityCalls: number
  readonly timers: number
  readonly handles: number
  readonly turnMs: number
  readonly startMs: number
}

/** The user's language (a canonical tag) and time zone, as the host tells them. */
export interface Region {
  readonly locale: string
  readonly timeZone: string
}

export interface VmOptions {
  /** The engine, compiled by the frame. */
  readonly engine: WebAssembly.Module
  readonly limits: VmLimits
  readonly region: Region
  readonly outward: Outward
}

/** A problem that compiling (without running) the package's modules showed. */
export interface ModuleProblem {
  readonly code: 'syntax-error' | 'import-unresolved'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/**
 * One QuickJS in its own wasm instance. States: booted (prelude only) → loaded → dead. After `dead` only `dispose` works: the worker ends.
 * Every method that enters the guest is bounded by the engine's interrupt; the supervisor on the page bounds what the interrupt misses.
 */
export interface ScriptVm {
  readonly state: 'booted' | 'loaded' | 'dead'
  /** Of the extension's own, by their paths. Before `load`. */
  setDirectories(directories: readonly string[]): void
  /** Compiles the entry and everything it imports, runs nothing. `files`: path → source text. */
  check(files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): ModuleProblem | undefined
  /** Evaluates the main module (top-level await included). Resolves with an ErrorRecord when it threw. */
  load(files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): Promise<ErrorRecord | undefined>
  /**
   * Memory as the main module left it, for `loadImage` of other VMs of this engine with these limits and files. To be asked for at once after
   * `load`. Undefined when running the module again is as fast, or would not give the same memory: it read a clock or random numbers, logged,
   * or asked for something.
   */
  takeImage(): ArrayBuffer | undefined
  /** In place of `load`. False: the image is of no use, and nothing has happened. */
  loadImage(image: ArrayBuffer, files: ReadonlyMap<string, string>, entry: string, maps?: ReadonlyMap<string, Uint8Array>): boolean
  /** Calls an export. Several may be in flight. `deadlineMs`: from now, for the interrupt. `id`: the page's number. `caller`: id of the extension that calls. Never rejects. */
  call(name: string, args: Payload, deadlineMs: number, id?: number, caller?: string): Promise<Outcome>
  /** Hands a request to the default export's `fetch`, as `call`; resolves with the response's head. */
  fetch(head: Payload, deadlineMs: number, id: number): Promise<Outcome>
  /** Aborts the signal of a request, by the page's number, and ends its bodies. */
  abort(id: number): void
  /** Resolves when the response of a request was sent, and what it wanted to be waited for has settled. */
  ended(id: number): Promise<void>
  /** Moves the interrupt's deadline of every call in flight by `ms`: the page stopped their clocks for a while (an open prompt). */
  extendDeadlines(ms: number): void
  /**
   * Resolves when nothing that the guest asked for is unanswered (capability calls, delegates' promises), or after `ms`. Before a snapshot: what is
   * under way then never comes back.
   */
  settled(ms: number): Promise<void>
  /** Remembers memory as it is now, ending the start's epoch (timers, streams, pending capability calls). Call once, after `load`. */
  snapshot(): void
  /** Back to the snapshot: a new epoch. False: not possible (grown past 4x, trap or interrupt happened): end this worker. */
  reset(): boolean
  stats(): WorkerStats
}
