/** Payloads to values: everything that `encodeValue` cannot have made is a breach (the tags: see value.ts). */
import { WireError } from '../errors.ts'
import { DEFAULT_VALUE_LIMITS, type Payload, type ValueLimits } from './payload.ts'
import { MAX_HANDLE_TYPE, type ToHandle } from './value-handle.ts'
import type { Extent } from './value-survey.ts'

const MAX_BIGINT_DIGITS = 1300
/**
 * Engines hash numbers without a secret: keys chosen to fall into one bucket make a set of a few hundred thousand take minutes to build.
 * Honest ones of a million take less than a second.
 */
const MAX_BUILD_MS = 300

/** Length of each tag with its name; `Writer` makes no others. */
const TAG_LENGTHS: ReadonlyMap<unknown, number> = new Map([
  ['u', 1], ['n', 2], ['i', 2], ['d', 2], ['b', 2], ['a', 2], ['m', 2], ['s', 2], ['o', 2], ['=', 3], ['@', 2], ['h', 3],
])

const keysOf = Object.keys
const isArray = Array.isArray

export interface DecodeOptions {
  /** Where handles may come; its own errors come out as they are. */
  readonly toHandle?: ToHandle | undefined
  /** In place of `JSON.parse`. */
  readonly parse?: (text: string) => unknown
}

/**
 * Builds the value that a payload stands for. Takes ownership of its buffers.
 *
 * @throws {WireError} malformed-message when the payload is not one that `encodeValue` makes within `limits`
 */
export function decodeValue(payload: Payload, limits: ValueLimits = DEFAULT_VALUE_LIMITS, { toHandle, parse = JSON.parse }: DecodeOptions = {}): unknown {
  let size = payload.text.length
  for (const buffer of payload.buffers) size += buffer.byteLength
  if (size > limits.bytes) throw malformed(`a value of ${size} bytes, expected at most ${limits.bytes}`)
  let json: unknown
  try {
    json = parse(payload.text)
  } catch (cause) {
    throw malformed('a value that is not JSON', cause)
  }
  return new Reader(payload.buffers, limits, toHandle).read(json, 0)
}

function malformed(what: string, cause?: unknown): WireError {
  return new WireError('malformed-message', `The guest's side sent ${what}.`, { cause })
}

/** Rebuilds a parsed JSON tree in place; every branch that `Writer` cannot have made is a breach. */
class Reader {
  readonly #buffers: readonly ArrayBuffer[]
  readonly #taken = new Set<number>()
  readonly #limits: ValueLimits
  readonly #shared: ({ readonly value: object } & Extent | undefined)[] = []
  readonly #startedAt = Date.now()
  readonly #toHandle: ToHandle | undefined
  #nodes = 0
  #deepest = 0

  constructor(buffers: readonly ArrayBuffer[], limits: ValueLimits, toHandle: ToHandle | undefined) {
    this.#buffers = buffers
    this.#limits = limits
    this.#toHandle = toHandle
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
        return name === 'h' ? this.#readHandle(first, second) : this.#readObjectTag(name, first, depth)
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

  #readHandle(id: unknown, type: unknown): object {
    const isKnown = typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && typeof type === 'string' && type.length <= MAX_HANDLE_TYPE
    if (!isKnown || this.#toHandle === undefined) throw malformed('a handle that it cannot have')
    return this.#toHandle({ id, type })
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
