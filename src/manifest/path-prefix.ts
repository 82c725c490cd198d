/** Path prefixes of URLs, as scopes and bindings have them. */

/** A server may read these as a separator that the URL's parser did not: `/v1/%2e%2e%2fadmin`. */
const HIDDEN_SEPARATOR = /%2f|%5c/i

/** Does `path` (of a parsed URL) lie below one of them? They end at a segment: `/v1` has `/v1` and `/v1/a`, not `/v10`. */
export function isBelow(path: string, prefixes: readonly string[]): boolean {
  if (HIDDEN_SEPARATOR.test(path)) return false
  return prefixes.some((prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
}
