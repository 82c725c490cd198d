/**
 * Runs the app's own code for a guest. What it throws is the app's mistake: its developer finds it in the console, the guest hears `internal`.
 * Code that does not heed its signal holds nobody up: the guest's call ends when its permission does.
 */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import { orAbort } from '../util/abort.ts'
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

export async function runAppCode<T>(
  context: CapabilityContext, authorization: Authorization, report: ReportError, run: (caller: ProvidedCaller) => T | Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([context.signal, authorization.signal])
  signal.throwIfAborted()
  const result = (async () => run({ extension: context.identity, onBehalfOf: context.provenance.callers, signal }))().catch((cause: unknown) => {
    if (!signal.aborted) report(cause)
    throw new Error('The code of the app failed.', { cause })
  })
  return orAbort(result, signal)
}
