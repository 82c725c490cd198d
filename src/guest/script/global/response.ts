/** Response, made by the guest or from the network. https://fetch.spec.whatwg.org/#response-class */
import type { Bridge } from '../bridge.ts'
import { extractBody, includeBody, setBodyHeaders, setContent, teeContent, type BodyContent } from './body.ts'
import { Headers, freezeHeaders } from './headers.ts'
import { urlOf } from './url.ts'
import { defineInterface, defineLengths, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

interface ResponseState {
  type: 'basic' | 'default' | 'error'
  url: string
  status: number
  statusText: string
  redirected: boolean
  headers: Headers
}

export interface NetworkResponse {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly redirected: boolean
  readonly headers: readonly (readonly [string, string])[]
  readonly content: BodyContent | null
}

type ResponseArguments = readonly [body?: unknown, init?: unknown]


const NULL_BODY: readonly number[] = [101, 103, 204, 205, 304]
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

const states = new WeakMap<object, ResponseState>()

export function isResponse(value: unknown): value is object {
  return typeof value === 'object' && value !== null && states.has(value)
}

/** @throws TypeError when `response` is no Response. */
export function responseStateOf(response: unknown): Readonly<ResponseState> {
  return stateOf(Object(response))
}

function stateOf(response: object): ResponseState {
  const state = states.get(response)
  if (state === undefined) throw new TypeError('A Response is required')
  return state
}

export interface ResponseParts {
  readonly Response: new (...args: ResponseArguments) => object
  fromNetwork(response: NetworkResponse): object
}

export const responseOf: (bridge: Bridge) => ResponseParts = perBridge((bridge) => {
  class Response {
    constructor(...args: ResponseArguments) {
      const state = createState(toDictionary(args[1], 'Response'))
      states.set(this, state)
      setBodyHeaders(this, state.headers)
      setContent(this, toContent(bridge, args[0] ?? null, state))
    }
    static error(): Response {
      return withState(new Response(), { type: 'error', status: 0, headers: freezeHeaders(new Headers()) })
    }
    static redirect(...args: readonly [url?: unknown, status?: unknown]): Response {
      requireArguments(args.length, 1, 'Response.redirect')
      const { href } = new (urlOf(bridge))(args[0])
      const status = args[1] === undefined ? 302 : toStatus(args[1])
      if (!REDIRECTS.includes(status)) throw new RangeError(`Response.redirect: ${status} is not a redirect`)
      return withState(new Response(), { status, headers: freezeHeaders(new Headers({ location: href })) })
    }
    static json(...args: ResponseArguments): Response {
      requireArguments(args.length, 1, 'Response.json')
      const text: unknown = JSON.stringify(args[0])
      if (typeof text !== 'string') throw new TypeError('Response.json: the value has no JSON form')
      const response = new Response(text, args[1])
      const { headers } = toDictionary(args[1], 'Response.json')
      if (!new Headers(headers).has('content-type')) stateOf(response).headers.set('content-type', 'application/json')
      return response
    }
    get type(): string {
      return stateOf(this).type
    }
    get url(): string {
      return stateOf(this).url
    }
    get redirected(): boolean {
      return stateOf(this).redirected
    }
    get status(): number {
      return stateOf(this).status
    }
    get ok(): boolean {
      const { status } = stateOf(this)
      return status >= 200 && status <= 299
    }
    get statusText(): string {
      return stateOf(this).statusText
    }
    get headers(): Headers {
      return stateOf(this).headers
    }
    clone(): Response {
      const { headers, type, ...state } = stateOf(this)
      const content = teeContent(this)
      const copy = new Headers(headers)
      const response = withState(new Response(), { ...state, type, headers: type === 'default' ? copy : freezeHeaders(copy) })
      setContent(response, content)
      return response
    }
  }

  const withState = (response: Response, state: Partial<ResponseState>): Response => {
    Object.assign(stateOf(response), state)
    setBodyHeaders(response, stateOf(response).headers)
    return response
  }
  const fromNetwork = ({ content, headers, ...state }: NetworkResponse): object => {
    const response = withState(new Response(), { ...state, type: 'basic', headers: freezeHeaders(new Headers(headers)) })
    setContent(response, content)
    return response
  }
  includeBody(bridge, Response)
  defineLengths(Response, { json: 1, redirect: 1 })
  return { Response: defineInterface(Response, 'Response'), fromNetwork }
})

function createState(init: Readonly<Record<string, unknown>>): ResponseState {
  const { status, statusText, headers } = init
  return {
    type: 'default', url: '', redirected: false, status: status === undefined ? 200 : toRange(toStatus(status)),
    statusText: statusText === undefined ? '' : toReason(statusText), headers: new Headers(headers),
  }
}

function toContent(bridge: Bridge, body: unknown, { status, headers }: ResponseState): BodyContent | null {
  if (body === null) return null
  if (NULL_BODY.includes(status)) throw new TypeError(`Response: status ${status} cannot have a body`)
  const [content, type] = extractBody(bridge, body)
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  return content
}

/** WebIDL unsigned short. */
function toStatus(value: unknown): number {
  return Number(value) & 0xffff
}

function toRange(status: number): number {
  if (status < 200 || status > 599) throw new RangeError(`Response: status ${status} is not within 200 to 599`)
  return status
}

/** RFC 9112 reason-phrase. */
function toReason(value: unknown): string {
  const text = toDomString(value)
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError('Response: statusText has characters that are not allowed')
  return text
}
