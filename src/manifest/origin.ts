/**
 * The one way from a URL to the origin that permissions are matched on. Look-alikes live in the gaps between two parsers,
 * so manifest, broker and capability all use this and the browser's own parser.
 */

/**
 * Origin of an http or https URL without the root dot of its host (`https://example.com.` names the same server), else undefined.
 * The host is as the browser prints it: punycode, and `127.0.0.1` for every spelling of it.
 */
export function httpOrigin(url: string | URL): string | undefined {
  const parsed = typeof url === 'string' ? parseUrl(url) : url
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined
  const hostname = parsed.hostname.endsWith('.') ? parsed.hostname.slice(0, -1) : parsed.hostname
  if (hostname === '' || hostname.endsWith('.')) return undefined
  return `${parsed.protocol}//${hostname}${parsed.port === '' ? '' : `:${parsed.port}`}`
}

/** A name or an address: URL parsers let more through, a `*` for one. Without the root dot. */
export function isPlainHost(hostname: string): boolean {
  return /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])$/.test(hostname)
}

/** `new URL` without the exception. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
