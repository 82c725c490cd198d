/**
 * What every host import of a WebAssembly guest is made of: the way out of the worker. Nothing here trusts the guest or is trusted by the
 * page: the broker parses all of it again.
 */
import type { MaybePromise } from './wait/maybe.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A capability call that failed; `code` is one of the closed words of wit/types.wit. */
export class CapabilityFailure extends Error {
  override readonly name = 'CapabilityFailure'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The app aborted the call while it waited: the guest's code is left where it is, and its instance with it. */
export class CallAborted extends Error {
  override readonly name = 'AbortError'
  constructor() {
    super('The call was aborted.')
  }
}

export interface Outward {
  /** How long an import may wait, and whether it can at all. */
  readonly waits: 'jspi' | 'shared-buffer' | 'never'
  /** `method` such as `'http.fetch'`. Arguments and result are values of the wire's kinds. Ends in the result or a CapabilityFailure. */
  capability(method: string, args: readonly unknown[]): MaybePromise<unknown>
  /** A stream that the page announced in a reply (`body: id`). */
  acceptStream(id: number): GuestSource
  /** A stream to the page; the id goes into the arguments of a capability call. */
  openStream(): { readonly id: number; readonly sink: GuestSink }
  /** Waits `ms`; a bounded spin where nothing else can wait. */
  sleep(ms: number): MaybePromise<void>
  /** False when the line was dropped. */
  log(level: LogLevel, text: string): boolean
}

export interface GuestSource {
  /** Next chunk, undefined at the end; fails with a CapabilityFailure. Not to be called twice at once. */
  read(): MaybePromise<Uint8Array<ArrayBuffer> | undefined>
  cancel(): void
}

export interface GuestSink {
  /** Ends when the receiver has room for more. Takes ownership of `bytes`. Fails with a CapabilityFailure when nobody reads any more. */
  write(bytes: Uint8Array<ArrayBuffer>): MaybePromise<void>
  end(): void
  fail(error: CapabilityFailure): void
}
