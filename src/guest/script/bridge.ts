/**
 * The bridge between code inside QuickJS and the worker around it. One more global is one file in `global/` (runs inside QuickJS) and, where
 * the worker has the real thing, one in `delegate/` (runs in the worker). Only these primitives cross; strings may hold any code unit.
 */
import type { GuestLimit } from '../../wire/guest-limit.ts'
import type { KeptFiles } from '../fs/kept-files.ts'

export type BridgeValue = undefined | null | boolean | number | string | ArrayBuffer

/** Inside QuickJS: what a global's file gets. Nothing of it is reachable for guest code. */
export interface Bridge {
  /** Runs a delegate op in the worker, synchronously. Throws an Error with the name, message and `code` that the op threw. */
  call(op: string, ...args: readonly BridgeValue[]): BridgeValue
  /**
   * Runs a delegate op that answers later (`DelegateContext.answer`). Rejects as `call` throws. Synchronous refusals of the op reject, too.
   */
  request(op: string, ...args: readonly BridgeValue[]): Promise<BridgeValue>
  /**
   * Calls a capability of the broker: encodes, waits, decodes. Rejects with an Error that has `name` and `code`; throws it where the call was
   * not even sent.
   */
  capability(method: string, args: readonly unknown[]): Promise<unknown>
  /** Reads a stream of the page's. */
  acceptStream(id: number): GuestSource
  /** Opens a stream to the page; the id goes into a capability's arguments. */
  openStream(): GuestSink
  /** The worker calls back (a timer fired): at most one listener an event name. */
  on(event: string, listener: (...args: BridgeValue[]) => void): void
  /** An error that nobody can catch (timer callback, event listener): goes to the log as an error. */
  reportError(error: unknown): void
}

export interface GuestSource {
  read(): Promise<Uint8Array | undefined>
  cancel(): void
}

export interface GuestSink {
  readonly id: number
  write(bytes: Uint8Array): Promise<void>
  end(): void
  fail(message: string): void
}

/** Inside QuickJS: one file of `global/`. Returns the globals to define (writable, configurable, not enumerable, as WebIDL has it). */
export type CreateGlobals = (bridge: Bridge) => Readonly<Record<string, unknown>>

/** In the worker: what a delegate's ops get. */
export interface DelegateContext {
  /** Objects of the worker's that the guest holds by number; counted and sized, gone with the epoch. */
  readonly handles: HandleTable
  /** Calls the prelude's listener for `event`, as an entry into the guest of its own (turn limit, jobs pumped). Dropped when the epoch ended. */
  emit(event: string, ...args: readonly BridgeValue[]): void
  /**
   * For an op that `Bridge.request` asked for: its first argument is the number to answer. Settles the guest's promise with `result`, as an
   * entry of its own; dropped when the epoch ended. A rejection with a DelegateError or DOMException keeps its name and message.
   *
   * @throws {DelegateError} queue-full when too many answers are pending
   */
  answer(id: BridgeValue, result: Promise<BridgeValue>): void
  /** Runs `teardown` when the epoch ends (reset, death). */
  onEpochEnd(teardown: () => void): void
  readonly limits: { readonly timers: number; readonly handles: number }
  /** Of the extension's own. */
  readonly files: KeptFiles
  /** What the guest takes for the user's language and time zone. */
  readonly region: { readonly locale: string; readonly timeZone: string }
  /** `stack`: of the place that logs, as the engine gives it; '' where it is not known. False when the line was dropped. */
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string, stack: string): boolean
}

export interface HandleOptions {
  /** It never changes: where a snapshot of the guest's memory holds its number, it outlives resets, and no guest can give it back. */
  readonly isConstant: boolean
  /** Runs when it is not kept any more. */
  readonly onGone?: () => void
}

export interface HandleTable {
  /** Keeps `value`, charged with `bytes`; throws DelegateError 'too-many-handles' when there are too many or they hold too much. */
  add(value: object, bytes: number, options?: HandleOptions): number
  /** Throws DelegateError 'invalid-handle' when `id` is not alive. */
  get(id: BridgeValue): object
  remove(id: BridgeValue): void
}

/** In the worker: one file of `delegate/`; op names begin with the file's name (`'url.parse'`). Args come from the guest: check them. */
export type Delegate = ReadonlyMap<string, (args: readonly BridgeValue[], context: DelegateContext) => BridgeValue>

/** Thrown by an op; becomes an Error inside the guest with this name, message and code. Any other exception's text is passed on as a TypeError's. */
export class DelegateError extends Error {
  readonly code: string
  /** The limit that was met, of which the page is told. */
  readonly limit: GuestLimit | undefined
  constructor(name: string, message: string, code = '', limit?: GuestLimit) {
    super(message)
    this.name = name
    this.code = code
    this.limit = limit
  }
}
