/** URLSearchParams, in the guest alone. https://url.spec.whatwg.org/#interface-urlsearchparams */
import { decodeUtf8, encodeUtf8 } from './utf8.ts'
import { createPairIterator, defineInterface, requireArguments, toUsvString } from './web-idl.ts'

type Pair = [name: string, value: string]

/** How a URL keeps its `searchParams` and its query the same. */
export interface SearchLink {
  /** Replaces the list without telling the URL. */
  replace(query: string): void
}

const LINK = Symbol('link')

export class URLSearchParams {
  #pairs: Pair[] = []
  readonly #onChange: ((query: string) => void) | undefined

  constructor(init: unknown = '', options: { readonly [LINK]?: (query: string) => void } | undefined = undefined) {
    this.#onChange = options?.[LINK]
    this.#pairs = toPairs(init)
  }
  get size(): number {
    return this.#pairs.length
  }
  append(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, 'append')
    this.#pairs.push([toUsvString(name), toUsvString(value)])
    this.#changed()
  }
  delete(name: unknown, value: unknown = undefined): void {
    requireArguments(arguments.length, 1, 'delete')
    const isMatch = createMatch(name, value)
    this.#pairs = this.#pairs.filter((pair) => !isMatch(pair))
    this.#changed()
  }
  get(name: unknown): string | null {
    requireArguments(arguments.length, 1, 'get')
    const text = toUsvString(name)
    return this.#pairs.find((pair) => pair[0] === text)?.[1] ?? null
  }
  getAll(name: unknown): string[] {
    requireArguments(arguments.length, 1, 'getAll')
    const text = toUsvString(name)
    return this.#pairs.filter((pair) => pair[0] === text).map((pair) => pair[1])
  }
  has(name: unknown, value: unknown = undefined): boolean {
    requireArguments(arguments.length, 1, 'has')
    return this.#pairs.some(createMatch(name, value))
  }
  set(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, 'set')
    const pair: Pair = [toUsvString(name), toUsvString(value)]
    const first = this.#pairs.find((known) => known[0] === pair[0])
    if (first === undefined) {
      this.#pairs.push(pair)
    } else {
      first[1] = pair[1]
      this.#pairs = this.#pairs.filter((known) => known === first || known[0] !== pair[0])
    }
    this.#changed()
  }
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    this.#changed()
  }
  forEach(callback: unknown, thisArg: unknown = undefined): void {
    if (typeof callback !== 'function') throw new TypeError('forEach: the callback must be a function')
    for (let index = 0; index < this.#pairs.length; index += 1) {
      const [name, value] = this.#pairs[index] ?? ['', '']
      Reflect.apply(callback, thisArg, [value, name, this])
    }
  }
  keys(): IterableIterator<string> {
    return createPairIterator(() => this.#pairs, 'keys', 'URLSearchParams')
  }
  values(): IterableIterator<string> {
    return createPairIterator(() => this.#pairs, 'values', 'URLSearchParams')
  }
  entries(): IterableIterator<Pair> {
    return createPairIterator(() => this.#pairs, 'entries', 'URLSearchParams')
  }
  toString(): string {
    return this.#pairs.map(([name, value]) => `${escapeForm(name)}=${escapeForm(value)}`).join('&')
  }

  /** The params of a URL: `onChange` gets the new query after every change made here. */
  static createLinked(query: string, onChange: (query: string) => void): readonly [URLSearchParams, SearchLink] {
    const params = new URLSearchParams('', { [LINK]: onChange })
    params.#pairs = parseForm(query) // not by the constructor, which takes a question mark away
    return [params, { replace: (next) => void (params.#pairs = parseForm(next)) }]
  }

  #changed(): void {
    // Without a URL behind it nobody wants the text: building it at each append would be quadratic.
    if (this.#onChange !== undefined) this.#onChange(this.toString())
  }
}

export const createLinkedParams = URLSearchParams.createLinked
Reflect.deleteProperty(URLSearchParams, 'createLinked')
// WebIDL: the same function object under both names.
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries, writable: true, configurable: true,
})
defineInterface(URLSearchParams, 'URLSearchParams')

function createMatch(name: unknown, value: unknown): (pair: Pair) => boolean {
  const [key, text] = [toUsvString(name), value === undefined ? undefined : toUsvString(value)]
  return (pair) => pair[0] === key && (text === undefined || pair[1] === text)
}

function toPairs(init: unknown): Pair[] {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    const text = toUsvString(init)
    return parseForm(text.startsWith('?') ? text.slice(1) : text)
  }
  const iterate: unknown = Reflect.get(init, Symbol.iterator)
  if (iterate !== undefined && iterate !== null) {
    return [...(init as Iterable<unknown>)].map(toPair) // spreading throws a TypeError where it is not iterable
  }
  const pairs = new Map<string, string>()
  for (const key of Reflect.ownKeys(init)) {
    if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable !== true) continue
    pairs.set(toUsvString(key), toUsvString(Reflect.get(init, key)))
  }
  return [...pairs]
}

function toPair(value: unknown): Pair {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw new TypeError('URLSearchParams: a pair is required')
  const parts = [...(value as Iterable<unknown>)] // spreading throws a TypeError where it is not iterable
  if (parts.length !== 2) throw new TypeError('URLSearchParams: each pair must have a name and a value')
  return [toUsvString(parts[0]), toUsvString(parts[1])]
}

/** Parser of application/x-www-form-urlencoded. */
export function parseForm(text: string): Pair[] {
  const pairs: Pair[] = []
  for (const part of text.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    pairs.push(at < 0 ? [unescapeForm(part), ''] : [unescapeForm(part.slice(0, at)), unescapeForm(part.slice(at + 1))])
  }
  return pairs
}

function unescapeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return decodeUtf8(unescapeBytes(encodeUtf8(spaced)))
  }
}

/** Percent-decodes; a `%` without two hex digits stays. */
function unescapeBytes(bytes: Uint8Array): Uint8Array {
  let length = 0
  for (let index = 0; index < bytes.length; index += 1, length += 1) {
    const hex = bytes[index] === 0x25 ? String.fromCharCode(bytes[index + 1] ?? 0, bytes[index + 2] ?? 0) : ''
    const isEscape = /^[\da-fA-F]{2}$/.test(hex)
    bytes[length] = isEscape ? Number.parseInt(hex, 16) : (bytes[index] ?? 0)
    if (isEscape) index += 2
  }
  return bytes.subarray(0, length)
}

function escapeForm(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
