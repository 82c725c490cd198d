/**
 * Where a secret may go: one origin, a path prefix, methods, and one header in one form. Made by the app or the user, never by a guest; compared
 * with the parsed URL that is fetched.
 */
import { httpOrigin, isPlainHost, parseUrl } from '../manifest/origin.ts'
import { isBelow } from '../manifest/path-prefix.ts'

export interface SecretBinding {
  /** Exactly, as `new URL(x).origin` prints it; https, or http of this very machine. */
  readonly origin: string
  /** Path prefix that ends at a segment. Default `'/'`, every path. */
  readonly path?: string
  /** 1 to 7 of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS. */
  readonly methods: readonly string[]
  /** `'authorization'`, `'x-api-key'`. */
  readonly header: string
  /** The header's value, with `{}` for the secret. Default `'{}'`. */
  readonly form?: string
}

export type ResolvedBinding = Required<SecretBinding>

const FIELDS: ReadonlySet<string> = new Set<keyof SecretBinding>(['origin', 'path', 'methods', 'header', 'form'])
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/
/** Visible ASCII with one place for the secret. */
const FORM = /^(?=.{2,256}$)(?! )[^{}]*\{\}[^{}]*(?<! )$/
const VISIBLE = /^[\x20-\x7e]*$/
/**
 * `authorization` and whatever servers made up, but nothing that the browser drops or sets, that frames the message, that routes it, or that
 * overrides its method: no secret belongs there.
 */
const UNFIT = /^(?:sec-|proxy-|x-glovebox-|x-forwarded|x-http-method|x-method-override|access-control-|content-|if-|accept)/
const UNFIT_NAMES: readonly string[] = [
  'connection', 'cookie', 'cookie2', 'date', 'dnt', 'expect', 'forwarded', 'host', 'keep-alive', 'origin', 'range', 'referer', 'set-cookie', 'te',
  'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via',
]

/** @throws {TypeError} naming the field and what was expected */
export function parseBinding(input: unknown): ResolvedBinding {
  if (typeof input !== 'object' || input === null) throw new TypeError('A binding is an object { origin, path, methods, header, form }.')
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const name of fields.keys()) if (!FIELDS.has(name)) throw new TypeError(`A binding has no "${name}"; it has ${[...FIELDS].join(', ')}.`)
  return Object.freeze({
    origin: parseOrigin(fields.get('origin')),
    path: parsePath(fields.get('path') ?? '/'),
    methods: parseMethods(fields.get('methods')),
    header: parseHeader(fields.get('header')),
    form: parseForm(fields.get('form') ?? '{}'),
  })
}

/** May a request of this method for this URL carry it? */
export function isBoundTo({ origin, path, methods }: ResolvedBinding, url: URL, method: string): boolean {
  return httpOrigin(url) === origin && methods.includes(method) && (path === '/' || isBelow(url.pathname, [path]))
}

/** As for `String.replace`, but a `$` in the secret means nothing. */
export function headerValue({ form }: ResolvedBinding, secret: string): string {
  const [before = '', after = ''] = form.split('{}')
  return before + secret + after
}

function parseOrigin(input: unknown): string {
  const url = typeof input === 'string' ? parseUrl(input) : undefined
  const origin = url && httpOrigin(url)
  if (url === undefined || origin === undefined || origin !== input || !isPlainHost(url.hostname)) {
    const hint = origin === undefined || origin === input ? '' : `; write "${origin}"`
    throw new TypeError(`binding.origin must be an origin such as "https://api.example.com", got ${show(input)}${hint}.`)
  }
  if (url.protocol === 'https:' || LOOPBACK.test(url.hostname)) return origin
  throw new TypeError('binding.origin must be https: over http everybody on the way reads the secret.')
}

function parsePath(input: unknown): string {
  const isPath = typeof input === 'string' && input.startsWith('/') && input.length <= 256 && isBelow(input, ['/'])
  if (isPath && parseUrl(`https://x${input}`)?.pathname === input) return input
  throw new TypeError(`binding.path must be a path prefix in its plain spelling such as "/v1", got ${show(input)}.`)
}

function parseMethods(input: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(input) ? input : []
  const methods = METHODS.filter((method) => list.includes(method))
  if (list.length > 0 && methods.length === list.length) return Object.freeze(methods)
  throw new TypeError(`binding.methods must be a list of ${METHODS.join(', ')}.`)
}

function parseHeader(input: unknown): string {
  const name = typeof input === 'string' ? input.toLowerCase() : ''
  if (!TOKEN.test(name)) throw new TypeError(`binding.header must be the name of a header such as "authorization", got ${show(input)}.`)
  if (UNFIT.test(name) || UNFIT_NAMES.includes(name)) {
    throw new TypeError(`binding.header: no secret can go into "${name}", which is the browser's or means something else.`)
  }
  return name
}

function parseForm(input: unknown): string {
  if (typeof input === 'string' && FORM.test(input) && VISIBLE.test(input)) return input
  throw new TypeError(`binding.form must be visible ASCII with one {} for the secret, such as "Bearer {}", got ${show(input)}.`)
}

function show(input: unknown): string {
  return typeof input === 'string' ? JSON.stringify(input.slice(0, 80)) : typeof input
}
