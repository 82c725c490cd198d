/**
 * Request: what the guest asks for. Mode, credentials, cache, referrer and priority are read and kept as the standard says, and mean nothing:
 * the host's way is always `cors`, without credentials, cache or referrer. `integrity` is refused, since ignoring it would be a lie.
 * https://fetch.spec.whatwg.org/#request-class
 */
import type { Bridge } from '../bridge.ts'
import { findSignalState } from './abort-state.ts'
import { abortOf } from './abort.ts'
import { contentOf, extractBody, includeBody, setBodyHeaders, setContent, takeContent, teeContent, type BodyContent } from './body.ts'
import { Headers, isToken } from './headers.ts'
import { isReadableStream } from './streams.ts'
import { urlOf } from './url.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString, toUsvString } from './web-idl.ts'

export type RedirectMode = 'error' | 'follow' | 'manual'

export interface RequestState {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly redirect: RedirectMode
  readonly signal: object
  /** What is kept for the guest alone. */
  readonly hints: Hints
}

const HINTS = {
  mode: ['cors', 'no-cors', 'same-origin', 'navigate'],
  credentials: ['same-origin', 'omit', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  referrerPolicy: [
    '', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin', 'origin-when-cross-origin',
    'strict-origin-when-cross-origin', 'unsafe-url',
  ],
} as const
const MEMBERS = ['body', 'cache', 'credentials', 'duplex', 'headers', 'integrity', 'keepalive', 'method', 'mode', 'priority', 'redirect', 'signal', 'window']
type Hint = keyof typeof HINTS
type Hints = Readonly<Record<Hint | 'referrer', string> & { keepalive: boolean }>

type RequestArguments = readonly [input?: unknown, init?: unknown]

const states = new WeakMap<object, RequestState>()

export function requestStateOf(request: object): RequestState {
  const state = states.get(request)
  if (state === undefined) throw new TypeError('A Request is required')
  return state
}

export const requestOf: (bridge: Bridge) => new (...args: RequestArguments) => object = perBridge((bridge) => {
  class Request {
    constructor(...args: RequestArguments) {
      requireArguments(args.length, 1, 'Request')
      const [state, content] = createState(bridge, args[0], toDictionary(args[1], 'Request'))
      states.set(this, state)
      setBodyHeaders(this, state.headers)
      setContent(this, content)
    }
    get method(): string {
      return requestStateOf(this).method
    }
    get url(): string {
      return requestStateOf(this).url
    }
    get headers(): Headers {
      return requestStateOf(this).headers
    }
    get redirect(): RedirectMode {
      return requestStateOf(this).redirect
    }
    get signal(): object {
      return requestStateOf(this).signal
    }
    clone(): Request {
      const state = requestStateOf(this)
      const { url, method, headers, redirect, signal, hints } = state
      const copy = new Request(url, { method, headers, redirect, signal, ...hints })
      setContent(copy, teeContent(this))
      return copy
    }
    static {
      for (const name of [...Object.keys(HINTS), 'referrer', 'keepalive'] as (keyof Hints)[]) { // the keys of Hints
        defineGetter(Request.prototype, name, (request) => requestStateOf(request).hints[name])
      }
      const fixed = { integrity: '', destination: '', isReloadNavigation: false, isHistoryNavigation: false, duplex: 'half' }
      for (const [name, value] of Object.entries(fixed)) defineGetter(Request.prototype, name, (request) => (requestStateOf(request), value))
    }
  }
  includeBody(bridge, Request)
  Object.defineProperty(Request, 'length', { value: 1, configurable: true })
  return defineInterface(Request, 'Request')
})

/** With the name and the brand that an attribute's getter has. */
function defineGetter(prototype: object, name: string, read: (request: object) => unknown): void {
  const holder = {
    get [name](): unknown {
      return read(this)
    },
  }
  const { get } = Object.getOwnPropertyDescriptor(holder, name) ?? {}
  if (get !== undefined) Object.defineProperty(prototype, name, { get, configurable: true })
}

function createState(bridge: Bridge, input: unknown, init: Readonly<Record<string, unknown>>): readonly [RequestState, BodyContent | null] {
  const source = typeof input === 'object' && input !== null && states.has(input) ? input : undefined
  const inherited = source === undefined ? undefined : requestStateOf(source)
  refuseUnsupported(init)
  const url = inherited?.url ?? toUrl(bridge, input)
  const method = init['method'] === undefined ? (inherited?.method ?? 'GET') : toMethod(init['method'])
  const headers = new Headers(init['headers'] === undefined ? inherited?.headers : init['headers'])
  const redirect = init['redirect'] === undefined ? (inherited?.redirect ?? 'follow') : toRedirect(init['redirect'])
  const signal = toSignal(bridge, init['signal'] === undefined ? inherited?.signal : init['signal'])
  const given = init['body'] ?? null
  const inheritsBody = given === null && source !== undefined && contentOf(source) !== null
  if ((given !== null || inheritsBody) && (method === 'GET' || method === 'HEAD')) throw new TypeError(`Request: ${method} cannot have a body`)
  const state = { url, method, headers, redirect, signal, hints: toHints(bridge, init, inheritHints(inherited?.hints, init), method) }
  if (given === null) return [state, source === undefined ? null : takeContent(source)]
  if (isReadableStream(given) && init['duplex'] === undefined) throw new TypeError('Request: a ReadableStream as body needs duplex: \'half\'')
  const [content, type] = extractBody(bridge, given)
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  return [state, content]
}

/** What would be a lie when it were ignored is refused. */
function refuseUnsupported(init: Readonly<Record<string, unknown>>): void {
  if (init['integrity'] !== undefined && toDomString(init['integrity']) !== '') throw new TypeError('Request: integrity is not supported')
  if (init['duplex'] !== undefined && toDomString(init['duplex']) !== 'half') throw new TypeError('Request: duplex must be half')
  if (init['window'] !== undefined && init['window'] !== null) throw new TypeError('Request: window must be null')
  const priority = init['priority']
  if (priority !== undefined && !['high', 'low', 'auto'].includes(toDomString(priority))) throw new TypeError('Request: priority must be high, low or auto')
}

function toHints(bridge: Bridge, init: Readonly<Record<string, unknown>>, inherited: Hints | undefined, method: string): Hints {
  const read = (name: Hint): string => {
    const words: readonly string[] = HINTS[name]
    if (init[name] === undefined) return inherited?.[name] ?? words[0] ?? ''
    const word = toDomString(init[name])
    if (!words.includes(word)) throw new TypeError(`Request: ${JSON.stringify(word.slice(0, 100))} is no ${name}`)
    return word
  }
  const hints = {
    cache: read('cache'), credentials: read('credentials'), keepalive: init['keepalive'] === undefined ? inherited?.keepalive === true : Boolean(init['keepalive']),
    mode: read('mode'), referrer: toReferrer(bridge, init['referrer'], inherited), referrerPolicy: read('referrerPolicy'),
  }
  if (hints.mode === 'navigate') throw new TypeError('Request: the mode navigate is refused')
  if (hints.mode === 'no-cors' && !/^(GET|HEAD|POST)$/.test(method)) throw new TypeError(`Request: the mode no-cors does not allow ${method}`)
  if (hints.cache === 'only-if-cached' && hints.mode !== 'same-origin') throw new TypeError('Request: only-if-cached needs the mode same-origin')
  return hints
}

/** Any member given makes the referrer one's own again. */
function inheritHints(hints: Hints | undefined, init: Readonly<Record<string, unknown>>): Hints | undefined {
  if (hints === undefined || MEMBERS.every((name) => init[name] === undefined)) return hints
  return { ...hints, referrer: 'about:client', referrerPolicy: '' }
}

/** Every page is of another origin than the guest, which makes it the client itself. */
function toReferrer(bridge: Bridge, referrer: unknown, inherited: Hints | undefined): string {
  if (referrer === undefined) return inherited?.referrer ?? 'about:client'
  const text = toDomString(referrer)
  if (text !== '' && text !== 'about:client') new (urlOf(bridge))(text)
  return text === '' ? '' : 'about:client'
}

const NO_BASE = 'Write it whole, with https://: an extension has no page that a URL could be relative to'

function toUrl(bridge: Bridge, input: unknown): string {
  const text = toUsvString(input)
  const url = urlOf(bridge).parse(text)
  if (url === null) throw new TypeError(`Request: not an absolute URL: ${JSON.stringify(text.slice(0, 200))}. ${NO_BASE}`)
  const { href, username, password } = url
  if (username !== '' || password !== '') throw new TypeError('Request: a URL with credentials is refused')
  return href
}

function toMethod(value: unknown): string {
  const method = toDomString(value)
  if (!isToken(method)) throw new TypeError(`Request: not a method: ${JSON.stringify(method.slice(0, 100))}`)
  if (/^(connect|trace|track)$/i.test(method)) throw new TypeError(`Request: the method ${method} is refused`)
  return /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method
}

function toRedirect(value: unknown): RedirectMode {
  const mode = toDomString(value)
  if (mode === 'error' || mode === 'follow' || mode === 'manual') return mode
  throw new TypeError('Request: redirect must be error, follow or manual')
}

function toSignal(bridge: Bridge, signal: unknown): object {
  const { any } = abortOf(bridge)
  if (signal === undefined || signal === null) return any([])
  if (typeof signal !== 'object' || findSignalState(signal) === undefined) throw new TypeError('Request: signal must be an AbortSignal')
  return any([signal])
}
