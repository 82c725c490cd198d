/** `error-code` of wasi:http/types 0.2, from the codes of the host's capability calls. */
import { CapabilityFailure } from '../../outward.ts'

export interface HttpError {
  readonly tag: string
  readonly val?: unknown
}

const TAGS: ReadonlyMap<string, string> = new Map([
  ['permission-denied', 'HTTP-request-denied'],
  ['permission-revoked', 'HTTP-request-denied'],
  ['permission-unknown', 'HTTP-request-denied'],
  ['secret-unavailable', 'HTTP-request-denied'],
  ['redirect-refused', 'HTTP-request-denied'],
  ['network-failed', 'destination-unavailable'],
  ['rate-limit', 'connection-limit-reached'],
  ['queue-full', 'connection-limit-reached'],
  ['deadline-exceeded', 'HTTP-response-timeout'],
])

/** Cases that carry a size, which the host does not tell. */
const SIZED: ReadonlyMap<string, string> = new Map([['body-too-large', 'HTTP-response-body-size'], ['message-too-large', 'HTTP-request-body-size']])

export function toHttpError(error: unknown): HttpError {
  const { code, message } = error instanceof CapabilityFailure ? error : { code: 'internal', message: 'The request failed.' }
  const tag = TAGS.get(code)
  if (tag !== undefined) return { tag }
  const sized = SIZED.get(code)
  return sized === undefined ? { tag: 'internal-error', val: `${code}: ${message}` } : { tag: sized, val: undefined }
}

/** As the component wants to read it where it gave one itself. */
export function describeHttpError({ tag, val }: HttpError): string {
  return typeof val === 'string' ? `${tag}: ${val}` : tag
}
