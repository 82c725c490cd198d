/** The head of a guest's response: a stranger's, parsed into what a Response can be made of. */
import { GuestError, LimitError, WireError } from '../../errors.ts'
import { isRecord } from '../../wire/message.ts'

export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  /** Number of the body's stream. */
  readonly body: number | null
}

/** More than servers take, few enough to walk. */
const MAX_HEADERS = 1_000
const MAX_HEADER_CHARACTERS = 256 * 2 ** 10
/** https://fetch.spec.whatwg.org/#null-body-status, of those that a Response may have. */
const NULL_BODY: ReadonlySet<number> = new Set([204, 205, 304])
/** RFC 9112 reason-phrase. */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * @throws {WireError} malformed-message: no head at all, which only a broken inner ring sends
 * @throws {GuestError} value-unsupported: a head that no response can have @throws {LimitError} message-too-large: too many headers
 */
export function parseResponseHead(value: unknown): ResponseHead {
  if (!isRecord(value)) throw malformed()
  const { status, statusText, headers, body } = value
  if (typeof status !== 'number' || typeof statusText !== 'string' || !Array.isArray(headers)) throw malformed()
  if (body !== null && typeof body !== 'number') throw malformed()
  if (!Number.isInteger(status) || status < 200 || status > 599) throw unsupported('status', 'is not a status from 200 to 599')
  if (!REASON.test(statusText)) throw unsupported('statusText', 'has characters that are not allowed')
  if (body !== null && NULL_BODY.has(status)) throw unsupported('body', `is there, which status ${status} does not allow`)
  return { status, statusText, headers: parseHeaders(headers), body }
}

function parseHeaders(list: readonly unknown[]): Headers {
  const headers = new Headers()
  if (list.length > MAX_HEADERS) throw tooLarge()
  let characters = 0
  for (const pair of list) {
    if (!Array.isArray(pair) || pair.length !== 2) throw malformed()
    const [name, value]: readonly unknown[] = pair
    if (typeof name !== 'string' || typeof value !== 'string') throw malformed()
    characters += name.length + value.length
    if (characters > MAX_HEADER_CHARACTERS) throw tooLarge()
    append(headers, name, value)
  }
  return headers
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {
    throw unsupported('headers', `have the invalid header ${JSON.stringify(name.slice(0, 100))}`)
  }
}

function malformed(): WireError {
  return new WireError('malformed-message', "The guest's side sent a response of an unknown form.")
}

function unsupported(part: string, what: string): GuestError {
  return new GuestError('value-unsupported', `The response's ${part} ${what}.`, { details: { path: `$.${part}` } })
}

function tooLarge(): LimitError {
  return new LimitError('message-too-large', `A response may have ${MAX_HEADERS} headers with ${MAX_HEADER_CHARACTERS} characters together.`)
}
