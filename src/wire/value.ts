/**
 * Values of the wire's kinds to and from `Payload`. The same file runs on the page and inside QuickJS (bundled into the prelude).
 * Plain JSON stays plain JSON text; everything else is a tag `{"$": [tag, …]}`:
 *   u undefined · n NaN, ±Infinity, -0 · i bigint · d Date · m Map · s Set · b Uint8Array · a ArrayBuffer ·
 *   o an object that has an own key `$` · = first sight of a shared object · @ another sight of it
 * Encoding refuses politely (the sender lives on); decoding trusts nothing (a bad payload means a broken ring).
 */
import { GuestError, LimitError, WireError } from '../errors.ts'
import { MAX_BUFFERS, type Payload, type ValueLimits } from './payload.ts'

export const DEFAULT_VALUE_LIMITS: ValueLimits = Object.freeze({ bytes: 16 * 2 ** 20, depth: 100, nodes: 1_000_000 })

/** A bigint crosses as decimal text, which engines parse in quadratic time. */
const MAX_BIGINT = 2n ** 4096n
const MAX_BIGINT_DIGITS = 1300
/**
 * Engines hash numbers without a secret: keys chosen to fall into one bucket make a set of a few hundred thousand take minutes to build.
 * Honest ones of a million take less than a second.
 */
const MAX_BUILD_MS = 300

/** Length of each tag with its name; `Writer` makes no others. */
const TAG_LENGTHS: ReadonlyMap<unknown, number> = new Map([
  ['u', 1], ['n', 2], ['i', 2], ['d', 2], ['b', 2], ['a', 2], ['m', 2], ['s', 2], ['o', 2], ['=', 3], ['@', 2],
])

/** What stands below an object, shared parts counted at every sight: else a few bytes could stand for 2^100 nodes, or a million levels. */
interface Extent {
  readonly nodes: number
  readonly levels: number
}

/** An object that is being visited. */
const OPEN: Extent = { nodes: 0, levels: 0 }

const getPrototypeOf = Object.getPrototypeOf
const keysOf = Object.keys
const isArray = Array.isArray

/**
 * Takes ownership of the bytes in `value`: a Uint8Array that spans its whole buffer, or an ArrayBuffer, is to be transferred, so it is
 * detached once the payload is sent. A view of a part is copied.
 *
 * @throws {LimitError} message-too-large when `value` has too many bytes, levels or nodes
 * @throws {GuestError} value-unsupported when a part cannot cross; `details.path` tells which (`$.items[3].callback`)
 */
export function encodeValue(value: unknown, limits: ValueLimits = DEFAULT_VALUE_LIMITS): Payload {
  const survey = new Survey(limits)
  survey.visit(value, 0)
  if (survey.isPlain) return checkSize({ text: JSON.stringify(value), buffers: [] }, limits)
  const writer = new Writer(survey.shared)
  const text = JSON.stringify(writer.write(value))
  return checkSize({ text, buffers: writer.buffers }, limits)
}

/**
 * Builds the value that a payload stands for. Takes ownership of its buffers.
 *
 * @throws {WireError} malformed-message when the payload is not one that `encodeValue` makes within `limits`
 */
export function decodeValue(payload: Payload, limits: ValueLimits = DEFAULT_VALUE_LIMITS): unknown {
  let size = payload.text.length
  for (const buffer of payload.buffers) size += buffer.byteLength
  if (size > limits.bytes) throw malformed(`a value of ${size} bytes, expected at most ${limits.bytes}`)
  let json: unknown
  try {
    json = JSON.parse(payload.text)
  } catch (cause) {
    throw malformed('a value that is not JSON', cause)
  }
  return new Reader(payload.buffers, limits).read(json, 0)
}

function checkSize(payload: Payload, limits: ValueLimits): Payload {
  let size = payload.text.length
  for (const buffer of payload.buffers) size += buffer.byteLength
  if (size > limits.bytes) throw tooLarge(`it has ${size} bytes, at most ${limits.bytes} are allowed`)
  return payload
}

function tooLarge(what: string): LimitError {
  return new LimitError('message-too-large', `The value is too large for one message: ${what}. Send it in parts.`)
}

function malformed(what: string, cause?: unknown): WireError {
  return new WireError('malformed-message', `The guest's side sent ${what}.`, { cause })
}

/** First pass: are all parts of supported kinds, within the limits, free of cycles? Is plain JSON enough? Which objects occur twice? */
class Survey {
  isPlain = true
  readonly shared = new Set<object>()
  readonly #seen = new Map<object, Extent>()
  readonly #path: (string | number)[] = []
  readonly #limits: ValueLimits
  #nodes = 0
  #deepest = 0
  #characters = 0
  #buffers = 0

  constructor(limits: ValueLimits) {
    this.#limits = limits
  }

  visit(value: unknown, depth: number): void {
    this.#addNodes(1)
    switch (typeof value) {
      case 'string':
        return this.#count(value)
      case 'boolean':
        return
      case 'number':
        if (!(value - value === 0) || (value === 0 && 1 / value < 0)) this.isPlain = false
        return
      case 'undefined':
        this.isPlain = false
        return
      case 'bigint':
        this.isPlain = false
        if (value > MAX_BIGINT || value < -MAX_BIGINT) throw tooLarge('a bigint has more than 4096 bits')
        return
      case 'object':
        if (value !== null) this.#visitObject(value, depth + 1)
        return
      default:
        throw this.#unsupported(typeof value === 'function' ? 'a function' : `a ${typeof value}`)
    }
  }

  #visitObject(value: object, depth: number): void {
    const seen = this.#seen.get(value)
    if (seen === OPEN) throw this.#unsupported('a cycle (the value contains itself)')
    if (seen !== undefined) {
      this.isPlain = false
      this.shared.add(value)
      this.#reach(depth + seen.levels)
      return this.#addNodes(seen.nodes)
    }
    const nodes = this.#nodes
    const deepest = this.#deepest
    this.#deepest = 0
    this.#reach(depth)
    this.#seen.set(value, OPEN)
    if (isArray(value)) this.#visitArray(value, depth)
    else this.#visitByPrototype(value, depth)
    this.#seen.set(value, { nodes: this.#nodes - nodes, levels: this.#deepest - depth })
    this.#deepest = Math.max(this.#deepest, deepest)
  }

  #reach(depth: number): void {
    if (depth > this.#limits.depth) throw tooLarge(`it is nested deeper than ${this.#limits.depth} levels`)
    this.#deepest = Math.max(this.#deepest, depth)
  }

  #addNodes(count: number): void {
    this.#nodes += count
    if (this.#nodes > this.#limits.nodes) throw tooLarge(`it has more than ${this.#limits.nodes} nodes`)
  }

  #visitArray(value: readonly unknown[], depth: number): void {
    if (value.length > this.#limits.nodes) throw tooLarge(`an array has ${value.length} elements`)
    for (let index = 0; index < value.length; index++) this.#visitAt(index, value[index], depth)
  }

  #visitByPrototype(value: object, depth: number): void {
    const prototype = getPrototypeOf(value)
    if (prototype === null || prototype === Object.prototype) return this.#visitRecord(value, depth)
    if (!isGenuine(value, prototype)) throw this.#unsupported(`a ${className(prototype)} that is detached, or only inherits from one`)
    if (prototype === Map.prototype) {
      this.isPlain = false
      let index = 0
      for (const [key, item] of mapEntries(value)) {
        this.#visitAt(index, key, depth)
        this.#visitAt(index++, item, depth)
      }
    } else if (prototype === Set.prototype) {
      this.isPlain = false
      let index = 0
      for (const item of setValues(value)) this.#visitAt(index++, item, depth)
    } else if (prototype === Date.prototype) {
      this.isPlain = false
    } else if (prototype === Uint8Array.prototype || prototype === ArrayBuffer.prototype) {
      this.isPlain = false
      if (++this.#buffers > MAX_BUFFERS) throw tooLarge(`it has more than ${MAX_BUFFERS} byte buffers`)
    } else if (getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')) {
      this.#visitRecord(value, depth) // a plain object of another realm
    } else {
      throw this.#unsupported(`an instance of ${className(prototype)}`)
    }
  }

  #visitRecord(value: object, depth: number): void {
    for (const key of keysOf(value)) {
      if (key === '__proto__') throw this.#unsupported('an own key "__proto__"')
      if (key === '$') this.isPlain = false
      this.#count(key)
      this.#visitAt(key, (value as Readonly<Record<string, unknown>>)[key], depth) // an own key of value
    }
  }

  #visitAt(key: string | number, value: unknown, depth: number): void {
    this.#path.push(key)
    this.visit(value, depth)
    this.#path.pop()
  }

  #count(text: string): void {
    this.#characters += text.length
    if (this.#characters > this.#limits.bytes) throw tooLarge(`its text is longer than ${this.#limits.bytes} characters`)
  }

  #unsupported(what: string): GuestError {
    const path = formatPath(this.#path)
    return new GuestError('value-unsupported', `${path} is ${what}, which cannot cross the sandbox. Send plain data instead.`, {
      details: { path },
    })
  }
}

/** Second pass, for values that need tags. The survey has excluded everything else. */
class Writer {
  readonly buffers: ArrayBuffer[] = []
  readonly #sent = new Set<ArrayBuffer>()
  readonly #shared: ReadonlySet<object>
  readonly #numbers = new Map<object, number>()

  constructor(shared: ReadonlySet<object>) {
    this.#shared = shared
  }

  write(value: unknown): unknown {
    switch (typeof value) {
      case 'undefined':
        return tag('u')
      case 'bigint':
        return tag('i', String(value))
      case 'number':
        if (value - value === 0 && !(value === 0 && 1 / value < 0)) return value
        return tag('n', value === 0 ? '-0' : String(value))
      case 'object':
        return value === null ? null : this.#writeObject(value)
      default:
        return value
    }
  }

  #writeObject(value: object): unknown {
    if (!this.#shared.has(value)) return this.#writeBody(value)
    const known = this.#numbers.get(value)
    if (known !== undefined) return tag('@', known)
    const number = this.#numbers.size
    this.#numbers.set(value, number)
    return tag('=', number, this.#writeBody(value))
  }

  #writeBody(value: object): unknown {
    if (isArray(value)) return this.#writeAll(value)
    if (value instanceof Uint8Array) return tag('b', this.#addBuffer(wholeBuffer(value)))
    if (value instanceof ArrayBuffer) return tag('a', this.#addBuffer(value))
    if (value instanceof Date) return tag('d', value.getTime())
    if (value instanceof Map) return tag('m', Array.from(mapEntries(value), ([key, item]) => [this.write(key), this.write(item)]))
    if (value instanceof Set) return tag('s', Array.from(setValues(value), (item) => this.write(item)))
    const record: Record<string, unknown> = Object.create(null)
    for (const key of keysOf(value)) record[key] = this.write((value as Readonly<Record<string, unknown>>)[key]) // an own key of value
    return '$' in record ? tag('o', record) : record
  }

  #writeAll(value: readonly unknown[]): unknown[] {
    const items: unknown[] = []
    for (let index = 0; index < value.length; index++) items.push(this.write(value[index]))
    return items
  }

  #addBuffer(buffer: ArrayBuffer): number {
    // One buffer is transferred once: a second object over the same bytes gets its own copy. A copy is always of fixed length.
    this.buffers.push(this.#sent.has(buffer) || isResizable(buffer) ? buffer.slice(0) : buffer)
    this.#sent.add(buffer)
    return this.buffers.length - 1
  }
}

/** Rebuilds a parsed JSON tree in place; every branch that `Writer` cannot have made is a breach. */
class Reader {
  readonly #buffers: readonly ArrayBuffer[]
  readonly #taken = new Set<number>()
  readonly #limits: ValueLimits
  readonly #shared: ({ readonly value: object } & Extent | undefined)[] = []
  readonly #startedAt = Date.now()
  #nodes = 0
  #deepest = 0

  constructor(buffers: readonly ArrayBuffer[], limits: ValueLimits) {
    this.#buffers = buffers
    this.#limits = limits
  }

  read(json: unknown, depth: number): unknown {
    this.#addNodes(1)
    if (typeof json !== 'object' || json === null) return json
    const tagged = isArray(json) ? undefined : tagOf(json)
    if (tagged !== undefined) return this.#readTag(tagged, depth)
    this.#reach(depth + 1)
    return isArray(json) ? this.#readAll(json, depth) : this.#readRecord(json, depth)
  }

  #reach(levels: number): void {
    if (levels > this.#limits.depth) throw malformed(`a value deeper than ${this.#limits.depth} levels`)
    this.#deepest = Math.max(this.#deepest, levels)
  }

  #readAll(items: unknown[], depth: number): unknown[] {
    for (let index = 0; index < items.length; index++) {
      const item = items[index]
      const value = this.read(item, depth + 1)
      if (value !== item) items[index] = value
    }
    return items
  }

  #readRecord(json: object, depth: number): object {
    const record = json as Record<string, unknown> // a JSON object: own string keys only
    for (const key of keysOf(record)) {
      if (key === '__proto__') throw malformed('an own key "__proto__"')
      const item = record[key]
      const value = this.read(item, depth + 1)
      if (value !== item) record[key] = value
    }
    return record
  }

  #readTag(parts: readonly unknown[], depth: number): unknown {
    const [name, first, second] = parts
    if (TAG_LENGTHS.get(name) !== parts.length) throw malformed('an unknown tag')
    switch (name) {
      case 'u':
        return undefined
      case 'n':
        return readNumber(first)
      case 'i':
        return readBigint(first)
      case '=':
        return this.#define(first, second, depth)
      case '@':
        return this.#refer(first, depth)
      default:
        this.#reach(depth + 1)
        return this.#readObjectTag(name, first, depth)
    }
  }

  #readObjectTag(name: unknown, first: unknown, depth: number): object {
    switch (name) {
      case 'd':
        return readDate(first)
      case 'b':
        return new Uint8Array(this.#take(first))
      case 'a':
        return this.#take(first)
      case 'm':
        return this.#readMap(first, depth)
      case 's':
        if (!isArray(first)) throw malformed('a set without an array')
        return this.#readSet(first, depth)
      case 'o':
        if (typeof first !== 'object' || first === null || isArray(first)) throw malformed('an object tag without an object')
        return this.#readRecord(first, depth)
      default:
        throw malformed('an unknown tag')
    }
  }

  #readMap(entries: unknown, depth: number): Map<unknown, unknown> {
    if (!isArray(entries)) throw malformed('a map without an array')
    const map = new Map<unknown, unknown>()
    for (const entry of entries) {
      if (!isArray(entry) || entry.length !== 2) throw malformed('a map entry that is not a pair')
      this.#watchTime(map.size)
      map.set(this.read(entry[0], depth + 1), this.read(entry[1], depth + 1))
    }
    return map
  }

  #readSet(items: readonly unknown[], depth: number): Set<unknown> {
    const set = new Set<unknown>()
    for (const item of items) {
      this.#watchTime(set.size)
      set.add(this.read(item, depth + 1))
    }
    return set
  }

  #watchTime(size: number): void {
    if (size % 256 === 255 && Date.now() - this.#startedAt > MAX_BUILD_MS) throw malformed(`a value that took longer than ${MAX_BUILD_MS} ms to build`)
  }

  #take(index: unknown): ArrayBuffer {
    const buffer = typeof index === 'number' ? this.#buffers[index] : undefined
    if (buffer === undefined || this.#taken.has(Number(index))) throw malformed('a reference to a buffer that is not there')
    this.#taken.add(Number(index))
    return buffer
  }

  #define(number: unknown, json: unknown, depth: number): unknown {
    if (number !== this.#shared.length) throw malformed('a shared object out of order')
    // It adds no level: a tower of definitions would not be seen by the depth's limit, and end in a stack overflow.
    if (isSharing(json)) throw malformed('a shared object of a shared object')
    this.#shared.push(undefined)
    const nodes = this.#nodes
    const deepest = this.#deepest
    this.#deepest = 0
    const value = this.read(json, depth)
    if (typeof value !== 'object' || value === null) throw malformed('a shared value that is no object')
    this.#shared[number] = { value, nodes: this.#nodes - nodes, levels: this.#deepest - depth }
    this.#deepest = Math.max(this.#deepest, deepest)
    return value
  }

  #refer(number: unknown, depth: number): unknown {
    const slot = typeof number === 'number' ? this.#shared[number] : undefined
    if (slot === undefined) throw malformed('a reference to a shared object that is not there yet')
    this.#reach(depth + slot.levels)
    this.#addNodes(slot.nodes)
    return slot.value
  }

  /** Twice the sender's limit: the tags of shared objects count here and not there. */
  #addNodes(count: number): void {
    this.#nodes += count
    if (this.#nodes > this.#limits.nodes * 2) throw malformed(`a value of more than ${this.#limits.nodes} nodes`)
  }
}

function tag(...parts: readonly unknown[]): object {
  return { $: parts }
}

function tagOf(json: object): readonly unknown[] | undefined {
  if (!Object.hasOwn(json, '$')) return undefined
  const parts: unknown = (json as Readonly<Record<string, unknown>>)['$'] // own, checked above
  if (!isArray(parts) || keysOf(json).length !== 1) throw malformed('a tag of an unknown form')
  return parts
}

function isSharing(json: unknown): boolean {
  const tagged = typeof json === 'object' && json !== null && !isArray(json) ? tagOf(json) : undefined
  return tagged?.[0] === '=' || tagged?.[0] === '@'
}

function readNumber(text: unknown): number {
  switch (text) {
    case 'NaN':
      return NaN
    case 'Infinity':
      return Infinity
    case '-Infinity':
      return -Infinity
    case '-0':
      return -0
    default:
      throw malformed('an unknown number')
  }
}

function readBigint(text: unknown): bigint {
  if (typeof text !== 'string' || text.length > MAX_BIGINT_DIGITS || !/^-?[0-9]+$/.test(text)) throw malformed('an unknown bigint')
  return BigInt(text)
}

function readDate(time: unknown): Date {
  if (time !== null && typeof time !== 'number') throw malformed('an unknown date')
  return new Date(time ?? NaN)
}

function wholeBuffer(view: Uint8Array): ArrayBuffer {
  const { buffer } = view
  return buffer instanceof ArrayBuffer && buffer.byteLength === view.byteLength ? buffer : view.slice().buffer
}

function isResizable(buffer: ArrayBuffer): boolean {
  return 'resizable' in buffer && buffer.resizable === true
}

/** False for a detached buffer, and for an object that only inherits from a prototype of ours: its methods would throw later, without a path. */
function isGenuine(value: object, prototype: object): boolean {
  try {
    if (prototype === Map.prototype) Map.prototype.has.call(value, undefined)
    else if (prototype === Set.prototype) Set.prototype.has.call(value, undefined)
    else if (prototype === Date.prototype) Date.prototype.getTime.call(value)
    else if (prototype === Uint8Array.prototype) Uint8Array.prototype.slice.call(value, 0, 0)
    else if (prototype === ArrayBuffer.prototype) ArrayBuffer.prototype.slice.call(value, 0, 0)
    return true
  } catch {
    return false
  }
}

function mapEntries(value: object): IterableIterator<[unknown, unknown]> {
  return Map.prototype.entries.call(value)
}

function setValues(value: object): IterableIterator<unknown> {
  return Set.prototype.values.call(value)
}

function className(prototype: object): string {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  const name: unknown = typeof descriptor?.value === 'function' ? descriptor.value.name : undefined
  return typeof name === 'string' && name !== '' ? name.slice(0, 80) : 'an unknown class'
}

function formatPath(path: readonly (string | number)[]): string {
  let text = '$'
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += /^[A-Za-z_$][\w$]{0,63}$/.test(part) ? `.${part}` : `[${JSON.stringify(part.slice(0, 64))}]`
  }
  return text.slice(0, 1000)
}
