/** URL, parsed by the worker's own. There is no base URL: relative ones need a `base`. https://url.spec.whatwg.org/#url-class */
import type { Bridge, BridgeValue, CreateGlobals } from '../bridge.ts'
import { URLSearchParams, createLinkedParams, type SearchLink } from './url-search-params.ts'
import { defineInterface, perBridge, requireArguments, toUsvString } from './web-idl.ts'

/** Order of the lines that the delegate answers with. */
const PARTS = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
type Part = (typeof PARTS)[number]

type UrlArguments = readonly [url?: unknown, base?: unknown]

export interface GuestUrl {
  readonly href: string
  readonly username: string
  readonly password: string
}

export interface UrlClass {
  new (...args: UrlArguments): GuestUrl
  readonly prototype: GuestUrl
  parse(url: unknown): GuestUrl | null
}

export const urlOf: (bridge: Bridge) => UrlClass = perBridge((bridge) => {
  const parse = (args: IArguments, where: string): BridgeValue => {
    requireArguments(args.length, 1, where)
    const input = toUsvString(args[0])
    return args[1] === undefined ? bridge.call('url.parse', input) : bridge.call('url.parse', input, toUsvString(args[1]))
  }

  class URL {
    #parts: readonly string[]
    #params: URLSearchParams | undefined
    #link: SearchLink | undefined

    constructor(url: unknown, _base: unknown = undefined) {
      const parts = parse(arguments, 'URL')
      if (typeof parts !== 'string') throw invalidUrl(url)
      this.#parts = parts.split('\n')
    }
    static canParse(_url: unknown, _base: unknown = undefined): boolean {
      return typeof parse(arguments, 'URL.canParse') === 'string'
    }
    static parse(_url: unknown, _base: unknown = undefined): URL | null {
      const parts = parse(arguments, 'URL.parse')
      return typeof parts === 'string' ? new URL(parts.slice(0, parts.indexOf('\n'))) : null // its href, which parses to itself
    }
    get href(): string {
      return this.#get('href')
    }
    set href(value: unknown) {
      const parts = bridge.call('url.parse', toUsvString(value))
      if (typeof parts !== 'string') throw invalidUrl(value)
      this.#parts = parts.split('\n')
      this.#link?.replace(this.#get('search').slice(1))
    }
    get origin(): string {
      return this.#get('origin')
    }
    get searchParams(): URLSearchParams {
      if (this.#params === undefined) {
        [this.#params, this.#link] = createLinkedParams(this.#get('search').slice(1), (query) => this.#set('search', query))
      }
      return this.#params
    }
    toString(): string {
      return this.#get('href')
    }
    toJSON(): string {
      return this.#get('href')
    }
    static {
      for (const part of PARTS.slice(2)) {
        const accessor = Object.getOwnPropertyDescriptor({
          get [part](): string {
            return (this as unknown as URL).#get(part) // throws for what is none
          },
          set [part](value: unknown) {
            const url = this as unknown as URL
            url.#set(part, toUsvString(value))
            if (part === 'search') url.#link?.replace(url.#get('search').slice(1))
          },
        }, part)
        if (accessor !== undefined) Object.defineProperty(URL.prototype, part, accessor)
      }
    }
    #get(part: Part): string {
      return this.#parts[PARTS.indexOf(part)] ?? ''
    }
    #set(part: Part, value: string): void {
      this.#parts = String(bridge.call('url.set', this.#get('href'), part, value)).split('\n')
    }
  }
  // The setters' parts come from the static block, which types cannot see.
  return defineInterface(URL as unknown as UrlClass, 'URL')
})

export const createUrlGlobals: CreateGlobals = (bridge) => ({ URL: urlOf(bridge), URLSearchParams })

function invalidUrl(input: unknown): TypeError {
  return new TypeError(`Invalid URL: '${toUsvString(input).slice(0, 200)}'`)
}
