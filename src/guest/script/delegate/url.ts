/** URL parsing and setters by the worker's own URL, stateless: the guest holds the parts, no handle. */
import { DelegateError, type BridgeValue, type Delegate } from '../bridge.ts'

// Captured now: the worker's lockdown removes what it does not know.
const NativeUrl = globalThis.URL

const SETTERS = new Map<string, (url: URL, value: string) => void>([
  ['protocol', (url, value) => void (url.protocol = value)],
  ['username', (url, value) => void (url.username = value)],
  ['password', (url, value) => void (url.password = value)],
  ['host', (url, value) => void (url.host = value)],
  ['hostname', (url, value) => void (url.hostname = value)],
  ['port', (url, value) => void (url.port = value)],
  ['pathname', (url, value) => void (url.pathname = value)],
  ['search', (url, value) => void (url.search = value)],
  ['hash', (url, value) => void (url.hash = value)],
])

export const urlDelegate: Delegate = new Map([
  /** Parts of the URL, a line each (see `parts`), or null. */
  ['url.parse', ([input, base]) => {
    const url = parse(input, base)
    return url === undefined ? null : parts(url)
  }],
  ['url.set', ([href, name, value]) => {
    const url = parse(href, undefined)
    const set = SETTERS.get(toText(name))
    if (url === undefined || set === undefined) throw new DelegateError('TypeError', 'Not a URL or not a part of one')
    set(url, toText(value))
    return parts(url)
  }],
])

/** A serialized URL holds no line feed, whatever its parts came from: the parser removes or escapes it. */
function parts(url: URL): string {
  return [
    url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash,
  ].join('\n')
}

function parse(input: BridgeValue, base: BridgeValue): URL | undefined {
  try {
    return base === undefined ? new NativeUrl(toText(input)) : new NativeUrl(toText(input), toText(base))
  } catch {
    return undefined
  }
}

function toText(value: BridgeValue): string {
  if (typeof value !== 'string') throw new DelegateError('TypeError', 'Not a string')
  return value
}
