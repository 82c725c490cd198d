/**
 * URLPattern, compiled and matched by the worker's own. Where the worker has none (Firefox before 142, Safari before 26), by the maintained
 * polyfill, whose text lies in a section of the engine's file that nobody reads before the first pattern. https://urlpattern.spec.whatwg.org
 */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface, toDictionary, toUsvString } from './web-idl.ts'

/** Order in which the delegate answers. */
const COMPONENTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
/** In the order in which WebIDL reads them. */
const INIT_KEYS = ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'] as const

type Init = Partial<Record<(typeof INIT_KEYS)[number], string>>
type Matches = readonly (readonly [input: string, groups: readonly (readonly [name: string, value?: string])[]])[]

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
  const findPolyfill = (): Polyfill | undefined => {
    if (polyfill !== undefined || bridge.call('url-pattern.has') === true) return polyfill
    polyfill = evaluate(String(bridge.call('library', 'url-pattern'))) as Polyfill // the build's own bundle of the package
    return polyfill
  }

  class URLPattern {
    readonly #parts: Init = {}
    readonly #hasRegExpGroups: boolean
    /** What the pattern was made of, as the delegate takes it. */
    readonly #source: readonly [pattern: string, base: string | undefined, ignoreCase: boolean]
    /** The polyfill's, where the worker has none. */
    readonly #own: Polyfilled | undefined

    constructor(input: unknown = undefined, baseOrOptions: unknown = undefined, options: unknown = undefined) {
      const hasBase = arguments.length > 2 || isText(baseOrOptions)
      const pattern = JSON.stringify(toInput(input))
      const base = hasBase ? toUsvString(baseOrOptions) : undefined
      const ignoreCase = Boolean(toDictionary(hasBase ? options : baseOrOptions, 'URLPattern')['ignoreCase'])
      this.#source = [pattern, base, ignoreCase]
      const Polyfill = findPolyfill()
      if (Polyfill !== undefined) {
        const own = base === undefined ? new Polyfill(JSON.parse(pattern), { ignoreCase }) : new Polyfill(JSON.parse(pattern), base, { ignoreCase })
        for (const name of COMPONENTS) this.#parts[name] = own[name]
        this.#hasRegExpGroups = own.hasRegExpGroups
        this.#own = own
        return
      }
      const answer = JSON.parse(String(bridge.call('url-pattern.parse', ...this.#source))) as unknown[] // the delegate's
      COMPONENTS.forEach((name, index) => void (this.#parts[name] = String(answer[index])))
      this.#hasRegExpGroups = answer[COMPONENTS.length] === true
    }
    test(input: unknown = undefined, base: unknown = undefined): boolean {
      const [given, givenBase] = toInputs(input, base)
      if (this.#own !== undefined) return this.#own.test(given, givenBase)
      return bridge.call('url-pattern.test', ...this.#source, JSON.stringify(given), givenBase) === true
    }
    exec(input: unknown = undefined, base: unknown = undefined): object | null {
      const inputs = toInputs(input, base)
      if (this.#own !== undefined) {
        const found = this.#own.exec(...inputs)
        return found === null ? null : { ...found, inputs }
      }
      const answer = bridge.call('url-pattern.exec', ...this.#source, JSON.stringify(inputs[0]), inputs[1])
      if (typeof answer !== 'string') return null
      const matches = JSON.parse(answer) as Matches // the delegate's
      const parts = COMPONENTS.map((name, index) => {
        const [matched = '', groups = []] = matches[index] ?? []
        return [name, { input: matched, groups: Object.fromEntries(groups.map(([key, value]) => [key, value ?? undefined])) }]
      })
      return { inputs, ...Object.fromEntries(parts) }
    }
    get hasRegExpGroups(): boolean {
      return this.#hasRegExpGroups
    }
    static {
      for (const name of COMPONENTS) {
        const accessor = Object.getOwnPropertyDescriptor({
          get [name](): string {
            return (this as unknown as URLPattern).#parts[name] ?? '' // throws for what is none
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
