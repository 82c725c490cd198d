/** wasi:io/error 0.2, and the errors of streams made of it. */
import { FsError, type FsErrorCode } from '../fs/error.ts'
import { CapabilityFailure } from '../outward.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { ImportTrap, WitError } from './wit-error.ts'

/** `error` of wasi:io/error. */
export class IoError extends Resource {
  readonly #message: string
  /** Of the capability call behind the stream. */
  readonly code: string
  /** Of the file behind it, where it is one. */
  readonly fileCode: FsErrorCode | undefined

  constructor(
    count: ResourceCount, { message, code, fileCode }: { readonly message: string, readonly code: string, readonly fileCode?: FsErrorCode },
  ) {
    super(count)
    this.#message = message
    this.code = code
    this.fileCode = fileCode
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
  const message = error instanceof Error ? error.message : 'The stream failed.'
  const code = error instanceof CapabilityFailure ? error.code : 'internal'
  const place = error instanceof FsError ? { fileCode: error.code } : {}
  return new WitError({ tag: 'last-operation-failed', val: new IoError(count, { message, code, ...place }) })
}
