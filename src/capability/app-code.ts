/**
 * Runs the app's own code for a guest: its functions, its schemas, and the reading of what they give, whose getters are its code as well. What it
 * throws is the app's mistake, whatever kind of error it is: its developer finds it in the console, the guest hears `internal`. Code that does not
 * heed its signal holds nobody up: the guest's call ends when its permission does.
 */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import { orAbort } from '../util/abort.ts'
import type { Payload } from '../wire/payload.ts'
import { DEFAULT_VALUE_LIMITS, encodeValue } from '../wire/value.ts'
import type { Authorization, CapabilityContext } from './capability.ts'

export interface ProvidedCaller {
  /** Who asks. */
  readonly extension: ExtensionIdentity
  /** Ids of other extensions that it may ask for: those that wait first. Empty where it asks for the app, or for itself. */
  readonly onBehalfOf: readonly string[]
  /** Aborts when the extension wants no more, or may no more. */
  readonly signal: AbortSignal
}

export type ReportError = (error: unknown) => void

/** What the app gives a guest, as it crosses. */
export class AppAnswer {
  readonly payload: Payload

  /** To be called where the app's code runs: encoding reads the value. @throws {GloveboxError} the app's mistake */
  constructor(value: unknown, { limits }: Pick<CapabilityContext, 'limits'>) {
    this.payload = encodeValue(value, { ...DEFAULT_VALUE_LIMITS, bytes: limits.messageBytes })
  }
}

/** Rejects with `signal`'s reason when it aborts, and otherwise with nothing that tells a guest or a limit anything. */
export type RunAppCode = <T>(run: (caller: ProvidedCaller) => T | Promise<T>) => Promise<T>

/** @param grant  undefined: the app needs none to lend it */
export function appCodeFor(context: CapabilityContext, report: ReportError, grant?: Pick<Authorization, 'signal'>): RunAppCode {
  const signal = grant === undefined ? context.signal : AbortSignal.any([context.signal, grant.signal])
  return async (run) => {
    signal.throwIfAborted()
    const result = (async () => run({ extension: context.identity, onBehalfOf: context.provenance.callers, signal }))().catch((cause: unknown) => {
      throw appFailure(cause, signal.aborted ? undefined : report)
    })
    return orAbort(result, signal)
  }
}

/** Of no kind that tells a guest anything: neither a code nor a limit that the app, or somebody whom it called, has met. */
export function appFailure(cause: unknown, report: ReportError | undefined): Error {
  report?.(cause)
  return new Error('The code of the app failed.', { cause })
}
