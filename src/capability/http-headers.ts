/**
 * Which headers cross. Requests go by an allow-list: `authorization`, forwarding and override headers would let a guest speak as somebody
 * else to a server that trusts this page's users. Responses lose cookies, and are capped: a server may be the guest's accomplice.
 */
import { refuse } from './arguments.ts'
import { CapabilityError } from './capability.ts'

export type HeaderList = readonly (readonly [name: string, value: string])[]

const ALLOWED: ReadonlySet<string> = new Set([
  'accept', 'accept-language', 'cache-control', 'content-language', 'content-type', 'idempotency-key', 'if-match', 'if-modified-since',
  'if-none-match', 'if-range', 'if-unmodified-since', 'pragma', 'prefer', 'range', 'x-correlation-id',
  'x-glovebox-secret', 'x-request-id', 'x-requested-with',
])
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const MAX_HEADERS = 64
const MAX_NAME_CHARS = 128
const MAX_VALUE_CHARS = 8192
const MAX_REQUEST_CHARS = 32_768
const MAX_RESPONSE_HEADERS = 256
const MAX_RESPONSE_CHARS = 65_536

/** @throws {CapabilityError} invalid-argument naming the header that may not be sent, or the cap that is exceeded */
export function parseRequestHeaders(input: unknown): HeaderList {
  if (!Array.isArray(input) || input.length > MAX_HEADERS) refuse('headers', `a list of at most ${MAX_HEADERS} pairs`, input)
  const headers = (input as readonly unknown[]).map(parseHeader) // an array by the check above
  const chars = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (chars > MAX_REQUEST_CHARS) throw new CapabilityError('invalid-argument', `headers: ${chars} characters, expected at most ${MAX_REQUEST_CHARS}.`)
  return headers
}

/** The response's headers as the guest may see them; those beyond the caps are left out. */
export function filterResponseHeaders(headers: Iterable<readonly [string, string]>): HeaderList {
  const kept: (readonly [string, string])[] = []
  let chars = 0
  for (const [name, value] of headers) {
    if (/^set-cookie/i.test(name)) continue
    chars += name.length + value.length
    if (kept.length >= MAX_RESPONSE_HEADERS || chars > MAX_RESPONSE_CHARS) break
    kept.push([name, value])
  }
  return kept
}

function parseHeader(input: unknown): readonly [string, string] {
  if (!Array.isArray(input) || input.length !== 2) refuse('headers', 'pairs of a name and a value', input)
  const [rawName, rawValue] = input as readonly unknown[] // an array by the check above
  if (typeof rawName !== 'string' || rawName.length > MAX_NAME_CHARS) refuse("a header's name", `at most ${MAX_NAME_CHARS} characters`, rawName)
  const name = rawName.toLowerCase()
  if (!TOKEN.test(name)) refuse("a header's name", 'a token', rawName)
  if (!ALLOWED.has(name)) {
    throw new CapabilityError('invalid-argument', `The header "${name}" may not be set by an extension.`)
  }
  if (typeof rawValue !== 'string' || rawValue.length > MAX_VALUE_CHARS || !VALUE.test(rawValue)) {
    refuse(`the header "${name}"`, `at most ${MAX_VALUE_CHARS} Latin-1 characters without control characters`, rawValue)
  }
  return [name, rawValue]
}
