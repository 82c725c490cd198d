/** Headers. Which of them go out is the host's choice, not decided here. https://fetch.spec.whatwg.org/#headers-class */
import { createPairIterator, defineInterface, defineLengths, requireArguments, toDomString } from './web-idl.ts'

type Pair = readonly [name: string, value: string]

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

export class Headers {
  /** Lower-case name → values in the order of appending. */
  readonly #values = new Map<string, string[]>()
  #isImmutable = false
  #sorted: readonly Pair[] | undefined

  constructor(init: unknown = undefined) {
    if (init === undefined) return
    for (const [name, value] of toPairs(init)) this.#add(name, value)
  }
  append(...args: readonly unknown[]): void {
    requireArguments(args.length, 2, 'append')
    this.#add(args[0], args[1])
  }
  delete(...args: readonly unknown[]): void {
    requireArguments(args.length, 1, 'delete')
    const name = toHeaderName(args[0])
    this.#change()
    this.#values.delete(name)
  }
  get(...args: readonly unknown[]): string | null {
    requireArguments(args.length, 1, 'get')
    return this.#values.get(toHeaderName(args[0]))?.join(', ') ?? null
  }
  getSetCookie(): string[] {
    return [...(this.#values.get('set-cookie') ?? [])]
  }
  has(...args: readonly unknown[]): boolean {
    requireArguments(args.length, 1, 'has')
    return this.#values.has(toHeaderName(args[0]))
  }
  set(...args: readonly unknown[]): void {
    requireArguments(args.length, 2, 'set')
    const name = toHeaderName(args[0])
    const value = toHeaderValue(args[1])
    this.#change()
    this.#values.set(name, [value])
  }
  forEach(...args: readonly [callback?: unknown, thisArg?: unknown]): void {
    const [callback, thisArg] = args
    if (typeof callback !== 'function') throw new TypeError('forEach: the callback must be a function')
    for (let index = 0; index < this.#list().length; index += 1) {
      const [name, value] = this.#list()[index] ?? ['', '']
      Reflect.apply(callback, thisArg, [value, name, this])
    }
  }
  keys(): IterableIterator<string> {
    return createPairIterator(() => this.#list(), 'keys', 'Headers')
  }
  values(): IterableIterator<string> {
    return createPairIterator(() => this.#list(), 'values', 'Headers')
  }
  entries(): IterableIterator<Pair> {
    return createPairIterator(() => this.#list(), 'entries', 'Headers')
  }

  /** Headers that came from the network: writing throws. */
  static freeze(headers: Headers): Headers {
    headers.#isImmutable = true
    return headers
  }

  #add(rawName: unknown, rawValue: unknown): void {
    const name = toHeaderName(rawName)
    const value = toHeaderValue(rawValue)
    this.#change()
    const known = this.#values.get(name)
    if (known === undefined) this.#values.set(name, [value])
    else known.push(value)
  }

  #change(): void {
    if (this.#isImmutable) throw new TypeError('These headers are immutable')
    this.#sorted = undefined
  }

  /** Sorted by name and combined, but every Set-Cookie for itself. */
  #list(): readonly Pair[] {
    this.#sorted ??= [...this.#values.keys()].sort().flatMap((name) => {
      const values = this.#values.get(name) ?? []
      return name === 'set-cookie' ? values.map((value): Pair => [name, value]) : [[name, values.join(', ')] as const]
    })
    return this.#sorted
  }
}

export const freezeHeaders = Headers.freeze
Reflect.deleteProperty(Headers, 'freeze')
// WebIDL: the same function object under both names.
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true })
defineInterface(Headers, 'Headers')
defineLengths(Headers.prototype, { append: 2, delete: 1, forEach: 1, get: 1, has: 1, set: 2 })

/** RFC 9110 token: header names and methods. */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

function toHeaderName(value: unknown): string {
  const name = toDomString(value)
  if (!isToken(name)) throw new TypeError(`Not a header name: ${JSON.stringify(name.slice(0, 100))}`)
  return name.toLowerCase()
}

function toHeaderValue(value: unknown): string {
  const text = trimBlanks(toDomString(value))
  if (/[\0\n\r]|[^\0-\xff]/.test(text)) throw new TypeError('Not a header value: line breaks, NUL and characters outside of Latin1 are refused')
  return text
}

/** WebIDL ByteString. */
function toByteString(value: unknown): string {
  const text = toDomString(value)
  if (/[^\0-\xff]/.test(text)) throw new TypeError('Headers: characters outside of Latin1 are refused')
  return text
}

/** A loop: `/[ ]+$/` is quadratic on a run of blanks, which a server could send. */
function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d
}

function toPairs(init: unknown): (readonly [unknown, unknown])[] {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) throw new TypeError('Headers: an object or pairs are required')
  const iterate: unknown = Reflect.get(init, Symbol.iterator)
  if (iterate !== undefined && iterate !== null) {
    return [...(init as Iterable<unknown>)].map(toPair) // spreading throws a TypeError where it is not iterable
  }
  const pairs: [string, string][] = []
  for (const key of Reflect.ownKeys(init)) { // WebIDL's record: each key and value is converted before the next is looked at
    if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable === true) pairs.push([toByteString(key), toByteString(Reflect.get(init, key))])
  }
  return pairs
}

function toPair(value: unknown): readonly [unknown, unknown] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw new TypeError('Headers: a pair is required')
  const parts = [...(value as Iterable<unknown>)] // spreading throws a TypeError where it is not iterable
  if (parts.length !== 2) throw new TypeError('Headers: each pair must have a name and a value')
  return [parts[0], parts[1]]
}
