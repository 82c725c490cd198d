/**
 * A guest's request, parsed once: the URL that is compared with the scope is the very object that is fetched, since two parsers that
 * disagree about a host are how allow-lists are passed by.
 */
import type { PermissionName } from '../manifest/permission.ts'
import { httpOrigin, parseUrl } from '../manifest/origin.ts'
import { parseArguments, parseFields, parseInteger, parseText, refuse } from './arguments.ts'
import { CapabilityError } from './capability.ts'
import type { HeaderList } from './http-headers.ts'
import { parseRequestHeaders } from './http-headers.ts'
import { takeSecretNames } from './http-secret.ts'

export interface HttpRequest {
  readonly url: URL
  /** What the grant must cover. */
  readonly origin: string
  readonly method: string
  readonly permission: Extract<PermissionName, `http:${string}`>
  readonly headers: HeaderList
  /** Names of secrets to send along. */
  readonly secrets: readonly string[]
  readonly followsRedirects: boolean
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const READING: readonly string[] = ['GET', 'HEAD']
const URL_CHARS = 8192
const FIELDS: readonly string[] = ['url', 'method', 'headers', 'body', 'redirect']

/** The id of the stream that brings the request's body, read before anything else can fail: whoever fails has to end it. */
export function parseBodyId(args: readonly unknown[]): number | null {
  const body = parseFields('request', args[0], FIELDS).get('body') ?? null
  return body === null ? null : parseInteger('body', body, 0, Number.MAX_SAFE_INTEGER)
}

/** @throws {CapabilityError} invalid-argument */
export function parseRequest(args: readonly unknown[]): HttpRequest {
  parseArguments('http.fetch', args, 1)
  const fields = parseFields('request', args[0], FIELDS)
  const url = parseTarget(fields.get('url'))
  const origin = httpOrigin(url)
  if (origin === undefined) refuse('url', 'an http or https URL', url.protocol)
  const method = parseMethod(fields.get('method') ?? 'GET')
  const isReading = READING.includes(method)
  if (isReading && (fields.get('body') ?? null) !== null) throw new CapabilityError('invalid-argument', `A ${method} request has no body.`)
  const { names: secrets, headers } = takeSecretNames(parseRequestHeaders(fields.get('headers') ?? []))
  return {
    url, origin, method, headers, secrets,
    permission: isReading ? 'http:read' : 'http:write',
    // A redirect would carry the secret to wherever the server says, whatever the grant.
    followsRedirects: parseRedirect(fields.get('redirect') ?? 'follow') === 'follow' && secrets.length === 0,
  }
}

/**
 * Special hosts (addresses, localhost, `.local`, `.internal`) need no list here: the grant names exact origins, so one is reached only
 * where the manifest asked for it by name and the user saw it. A public name that resolves to a private address is beyond what a page can see.
 */
function parseTarget(input: unknown): URL {
  const text = parseText('url', input, 1, URL_CHARS)
  const url = parseUrl(text)
  if (url === undefined) refuse('url', 'an absolute URL', text)
  if (url.username !== '' || url.password !== '') throw new CapabilityError('invalid-argument', 'url: user and password are not allowed in it.')
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1)
  if (url.hostname.endsWith('.')) refuse('url', 'a host that ends in at most one dot', text)
  url.hash = ''
  return url
}

function parseMethod(input: unknown): string {
  const method = parseText('method', input, 1, 16).toUpperCase()
  return METHODS.includes(method) ? method : refuse('method', `one of ${METHODS.join(', ')}`, input)
}

/** `manual` would give an opaque answer without the target: nothing a guest could use, and one more way to tell hosts apart. */
function parseRedirect(input: unknown): 'follow' | 'error' {
  return input === 'follow' || input === 'error' ? input : refuse('redirect', '"follow" or "error"', input)
}
