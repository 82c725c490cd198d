/** An error in words for people: the code first, since it is what can be looked up. */
import { isGloveboxError, LimitError } from 'glovebox'
import { cleanText } from 'glovebox/ui'

export interface Failure {
  /** `deadline-exceeded`; `stopped` when the user stopped it. */
  readonly code: string
  readonly message: string
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof DOMException && error.name === 'AbortError') return { code: 'stopped', message: 'You stopped this run.' }
  const message = cleanText(error instanceof Error ? error.message : String(error), 400)
  if (!isGloveboxError(error)) return { code: 'page-error', message }
  // What the guest threw may carry a code of its own, such as a refused permission that it did not handle.
  const inner = 'guestCode' in error && typeof error.guestCode === 'string' ? cleanText(error.guestCode, 60) : ''
  return { code: inner === '' ? error.code : inner, message: 'payload' in error ? `${message} ${printable(error.payload)}` : message }
}

/** The value that a component's function failed with, where it has one. */
function printable(payload: unknown): string {
  if (payload === undefined) return ''
  return cleanText(JSON.stringify(payload, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)), 200)
}

export function isLimit(error: unknown): boolean {
  return error instanceof LimitError
}
