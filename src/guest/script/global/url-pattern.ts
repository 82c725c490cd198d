/**
 * URLPattern by the maintained polyfill, inside the guest, whose text lies in a section of the engine's file that nobody reads before the first
 * pattern. Not by the worker's own: its matching is a native loop that a pattern can make endless, and a WebKit worker that is ended inside it
 * crashes with the page's process; here the engine's interrupt ends it. https://urlpattern.spec.whatwg.org
 */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface, toDictionary, toUsvString } from './web-idl.ts'

const COMPONENTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
/** In the order in which WebIDL reads them. */
const INIT_KEYS = ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'] as const

type Init = Partial<Record<(typeof INIT_KEYS)[number], string>>

interface Polyfilled extends Readonly<Record<(typeof COMPONENTS)[number], string>> {
  readonly hasRegExpGroups: boolean
  test(input: string | Init, base?: string): boolean
  exec(input: string | Init, base?: string): object | null
}
type Polyfill = new (input: string | Init, ...rest: readonly unknown[]) => Polyfilled

/** Taken before guest code can replace it. */
const evaluate = globalThis.eval

export const createUrlPatternGlobals: CreateGlobals = (bridge) => {
  let polyfill: Polyfill | undefined
  const findPolyfill = (): Polyfill => {
    polyfill ??= evaluate(String(bridge.call('library', 'url-pattern'))) as Polyfill // the build's own bundle of the package
    return polyfill
  }

  class URLPattern {
    readonly #own: Polyfilled

    constructor(input: unknown = undefined, baseOrOptions: unknown = undefined, options: unknown = undefined) {
      const hasBase = arguments.length > 2 || isText(baseOrOptions)
      const given = toInput(input)
      const base = hasBase ? [toUsvString(baseOrOptions)] : []
      const ignoreCase = Boolean(toDictionary(hasBase ? options : baseOrOptions, 'URLPattern')['ignoreCase'])
      const Polyfill = findPolyfill()
      this.#own = new Polyfill(given, ...base, { ignoreCase })
    }
    test(input: unknown = undefined, base: unknown = undefined): boolean {
      return this.#own.test(...toInputs(input, base))
    }
    exec(input: unknown = undefined, base: unknown = undefined): object | null {
      const inputs = toInputs(input, base)
      const found = this.#own.exec(...inputs)
      return found === null ? null : { ...found, inputs }
    }
    get hasRegExpGroups(): boolean {
      return this.#own.hasRegExpGroups
    }
    static {
      for (const name of COMPONENTS) {
        const accessor = Object.getOwnPropertyDescriptor({
          get [name](): string {
            return (this as unknown as URLPattern).#own[name] // throws for what is none
          },
        }, name)
        if (accessor !== undefined) Object.defineProperty(URLPattern.prototype, name, accessor)
      }
    }
  }
  return { URLPattern: defineInterface(URLPattern, 'URLPattern') }
}

function isText(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object' && typeof value !== 'function'
}

function toInputs(input: unknown, base: unknown): readonly [input: string | Init, base?: string] {
  const given = toInput(input)
  return base === undefined ? [given] : [given, toUsvString(base)]
}

/** WebIDL (USVString or URLPatternInit). */
function toInput(input: unknown): string | Init {
  if (isText(input)) return toUsvString(input)
  const given = toDictionary(input, 'URLPattern')
  const init: Init = {}
  for (const key of INIT_KEYS) {
    const value = given[key]
    if (value !== undefined) init[key] = toUsvString(value)
  }
  return init
}
