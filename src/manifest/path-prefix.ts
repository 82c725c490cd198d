/** Path prefixes of URLs, as scopes and bindings have them. */

/**
 * A server may read these as steps that the URL's parser did not see: `/v1/%2e%2e%2fadmin`, `/v1/..;/admin` (path parameters), `/v1/..%00/admin` (or
 * whatever else it drops), and all of them encoded twice for one behind a proxy.
 */
const HIDDEN_STEP = /%(?:25)*(?:2f|5c)|%25(?:25)*2e|(?:^|\/)(?:\.|%2e){1,2}[;%]/i

/** Does `path` (of a parsed URL) lie below one of them? They end at a segment: `/v1` has `/v1` and `/v1/a`, not `/v10`. */
export function isBelow(path: string, prefixes: readonly string[]): boolean {
  if (HIDDEN_STEP.test(path)) return false
  return prefixes.some((prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
}
