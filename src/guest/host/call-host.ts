/** What all of glovebox's own interfaces share: a capability call whose failure becomes the `call-error` of wit/types.wit. */
import type { CallError, ErrorCode } from '../../generated/types.ts'
import { CapabilityFailure, type Outward } from '../outward.ts'
import { attempt, type MaybePromise } from '../wait/maybe.ts'
import { WitError } from '../wasi/wit-error.ts'

/** The enum of wit/types.wit: the glue takes no other word. */
const CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid-argument', 'permission-denied', 'permission-revoked', 'permission-unknown', 'network-failed', 'redirect-refused', 'rate-limit',
  'body-too-large', 'deadline-exceeded', 'version-conflict', 'quota-exceeded', 'secret-unavailable', 'store-failed', 'message-too-large', 'too-many-handles', 'queue-full',
  'link-missing', 'link-mismatch', 'link-cycle', 'link-depth', 'not-supported', 'gesture-required', 'browser-refused', 'cancelled', 'device-lost',
  'internal',
])

/** The interface as the glue calls it: `err` cases are thrown, and what waits may be a promise. */
export type Imported<Interface> = {
  readonly [Name in keyof Interface]: Interface[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => MaybePromise<Result extends { readonly tag: 'ok', readonly val: infer Value } | { readonly tag: 'err', readonly val: unknown } ? Value : Result>
    : never
}

export function callHost(outward: Outward, method: string, args: readonly unknown[]): MaybePromise<unknown> {
  return attempt(() => outward.capability(method, args), (value) => value, (error) => {
    throw error instanceof CapabilityFailure ? callError(error.code, error.message) : error
  })
}

export function callError(code: string, message: string): WitError {
  return new WitError(toCallError(code, message))
}

export function toCallError(code: string, message: string): CallError {
  const known = CODES.has(code) ? (code as ErrorCode) : 'internal' // a member of the set of them
  return { code: known, message }
}
