/** wasi:io/error 0.2, and the errors of streams made of it. */
import { CapabilityFailure } from '../outward.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { ImportTrap, WitError } from './wit-error.ts'

/** `error` of wasi:io/error. */
export class IoError extends Resource {
  readonly #message: string
  /** Of the capability call or the file system behind the stream. */
  readonly code: string

  constructor(count: ResourceCount, message: string, code: string) {
    super(count)
    this.#message = message
    this.code = code
  }

  toDebugString(): string {
    return this.#message
  }
}

export function closedError(): WitError {
  return new WitError({ tag: 'closed' })
}

/** `last-operation-failed` for what a source or sink failed with; the guest's own breaches stay what they are. */
export function toStreamError(count: ResourceCount, error: unknown): Error {
  if (error instanceof WitError || error instanceof ImportTrap) return error
  const code = error instanceof CapabilityFailure ? error.code : 'internal'
  const message = error instanceof Error ? error.message : 'The stream failed.'
  return new WitError({ tag: 'last-operation-failed', val: new IoError(count, message, code) })
}
