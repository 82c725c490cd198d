/** The parts of a request line, between the variants of wasi:http/types 0.2 and texts. */

export interface Variant {
  readonly tag: string
  readonly val?: unknown
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]{0,31}$/
/** No space, no control character, and nothing that ends the authority or begins a path in it. */
const AUTHORITY = /^[^\s/?#\\@\0-\x1f\x7f]{1,1024}$/
const PATH = /^[^\s#\0-\x1f\x7f]{0,8192}$/

/** Undefined where it is not one. */
export function parseMethod({ tag, val }: Variant): string | undefined {
  if (tag !== 'other') return tag.toUpperCase()
  return typeof val === 'string' && TOKEN.test(val) ? val : undefined
}

export function toMethod(method: string): Variant {
  return METHODS.has(method) ? { tag: method.toLowerCase() } : { tag: 'other', val: method }
}

export function parseScheme({ tag, val }: Variant): string | undefined {
  if (tag !== 'other') return tag.toLowerCase()
  return typeof val === 'string' && SCHEME.test(val) ? val.toLowerCase() : undefined
}

export function toScheme(scheme: string): Variant {
  return scheme === 'http' || scheme === 'https' ? { tag: scheme.toUpperCase() } : { tag: 'other', val: scheme }
}

export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text)
}

export function isPath(text: string): boolean {
  return PATH.test(text)
}

/** Undefined where the parts make no URL. */
export function joinUrl(scheme: string, authority: string, path: string): string | undefined {
  const slash = path === '' || path.startsWith('/') || path.startsWith('?') ? '' : '/'
  try {
    return new URL(`${scheme}://${authority}${slash}${path}`).href
  } catch {
    return undefined
  }
}
