/**
 * Request: what the guest asks for. Modes, credentials, caching and referrers are the host's alone and read as what it does.
 * https://fetch.spec.whatwg.org/#request-class
 */
import type { Bridge } from '../bridge.ts'
import { findSignalState } from './abort-state.ts'
import { abortOf } from './abort.ts'
import { contentOf, extractBody, includeBody, setBodyHeaders, setContent, takeContent, teeContent, type BodyContent } from './body.ts'
import { Headers, isToken } from './headers.ts'
import { isReadableStream } from './streams.ts'
import { urlOf } from './url.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

export type RedirectMode = 'error' | 'follow' | 'manual'

export interface RequestState {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly redirect: RedirectMode
  readonly signal: object
}

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
      const copy = new Request(state.url, { method: state.method, headers: state.headers, redirect: state.redirect, signal: state.signal })
      setContent(copy, teeContent(this))
      return copy
    }
    static {
      const fixed = {
        mode: 'cors', credentials: 'omit', cache: 'no-store', referrer: '', referrerPolicy: 'no-referrer', integrity: '', destination: '',
        keepalive: false, isReloadNavigation: false, isHistoryNavigation: false, duplex: 'half',
      }
      for (const [name, value] of Object.entries(fixed)) {
        Object.defineProperty(Request.prototype, name, { get: () => value, configurable: true })
      }
    }
  }
  includeBody(bridge, Request)
  Object.defineProperty(Request, 'length', { value: 1, configurable: true })
  return defineInterface(Request, 'Request')
})

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
  const state = { url, method, headers, redirect, signal }
  if (given === null) return [state, source === undefined ? null : takeContent(source)]
  if (isReadableStream(given) && init['duplex'] === undefined) throw new TypeError('Request: a ReadableStream as body needs duplex: \'half\'')
  const [content, type] = extractBody(bridge, given)
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  return [state, content]
}

/** What the host never does is refused, so that nobody relies on it. */
function refuseUnsupported(init: Readonly<Record<string, unknown>>): void {
  const mode = init['mode']
  if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin') throw new TypeError('Request: no mode but cors is supported')
  if (init['keepalive']) throw new TypeError('Request: keepalive is not supported')
  if (init['integrity'] !== undefined && init['integrity'] !== '') throw new TypeError('Request: integrity is not supported')
  if (init['duplex'] !== undefined && toDomString(init['duplex']) !== 'half') throw new TypeError('Request: duplex must be half')
  if (init['window'] !== undefined && init['window'] !== null) throw new TypeError('Request: window must be null')
}

function toUrl(bridge: Bridge, input: unknown): string {
  const { href, username, password } = new (urlOf(bridge))(input)
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
