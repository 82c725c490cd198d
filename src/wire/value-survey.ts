/** First pass of encoding: refuses what cannot cross, politely and with its path, and finds out what the second pass needs to know. */
import { GuestError, LimitError } from '../errors.ts'
import { MAX_BUFFERS, type ValueLimits } from './payload.ts'
import type { HandleEncoder } from './value-handle.ts'

/** A bigint crosses as decimal text, which engines parse in quadratic time. */
const MAX_BIGINT = 2n ** 4096n

/** What stands below an object, shared parts counted at every sight: else a few bytes could stand for 2^100 nodes, or a million levels. */
export interface Extent {
  readonly nodes: number
  readonly levels: number
}

/** Nodes that a tag puts around its value: an object, a list and its own name. */
const TAG = 3
/** A pair of a map is a list. */
const PAIR = 1

/** An object that is being visited. */
const OPEN: Extent = { nodes: 0, levels: 0 }

const getPrototypeOf = Object.getPrototypeOf
const keysOf = Object.keys
const isArray = Array.isArray

/** Are all parts of supported kinds, within the limits, free of cycles? Is plain JSON enough? Which objects occur twice? */
export class Survey {
  isPlain = true
  readonly shared = new Set<object>()
  readonly #seen = new Map<object, Extent>()
  readonly #keys = new Set<string>()
  readonly #path: (string | number)[] = []
  readonly #limits: ValueLimits
  readonly #handles: HandleEncoder | undefined
  #nodes = 0
  #deepest = 0
  #characters = 0
  #buffers = 0

  constructor(limits: ValueLimits, handles?: HandleEncoder) {
    this.#limits = limits
    this.#handles = handles
  }

  visit(value: unknown, depth: number): void {
    this.#addNodes(1)
    switch (typeof value) {
      case 'string':
        return this.#count(value)
      case 'boolean':
        return
      case 'number':
        if (!(value - value === 0) || (value === 0 && 1 / value < 0)) this.#needsTag()
        return
      case 'undefined':
        return this.#needsTag()
      case 'bigint':
        this.#needsTag()
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
      this.#needsTag(2 * TAG + 2) // of the first sight and of this one, with their numbers
      this.shared.add(value)
      this.#reach(depth + seen.levels)
      return this.#addNodes(seen.nodes)
    }
    const nodes = this.#nodes
    const deepest = this.#deepest
    this.#deepest = 0
    this.#reach(depth)
    this.#addNodes(1) // what has a place for others costs as much as two
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

  #needsTag(nodes = TAG): void {
    this.isPlain = false
    this.#addNodes(nodes)
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
      this.#needsTag()
      let index = 0
      for (const [key, item] of mapEntries(value)) {
        this.#addNodes(PAIR)
        this.#visitAt(index, key, depth)
        this.#visitAt(index++, item, depth)
      }
    } else if (prototype === Set.prototype) {
      this.#needsTag()
      let index = 0
      for (const item of setValues(value)) this.#visitAt(index++, item, depth)
    } else if (prototype === Date.prototype) {
      this.#needsTag()
    } else if (prototype === Uint8Array.prototype || prototype === ArrayBuffer.prototype) {
      this.#needsTag()
      if (++this.#buffers > MAX_BUFFERS) throw tooLarge(`it has more than ${MAX_BUFFERS} byte buffers`)
    } else if (getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')) {
      this.#visitRecord(value, depth) // a plain object of another realm
    } else if (this.#handles?.has(value) === true) {
      this.#needsTag()
    } else {
      throw this.#unsupported(`an instance of ${className(prototype)}`)
    }
  }

  #visitRecord(value: object, depth: number): void {
    for (const key of keysOf(value)) {
      if (key === '__proto__') throw this.#unsupported('an own key "__proto__"')
      if (key === '$') this.#needsTag()
      this.#countKey(key)
      this.#visitAt(key, (value as Readonly<Record<string, unknown>>)[key], depth) // an own key of value
    }
  }

  #visitAt(key: string | number, value: unknown, depth: number): void {
    this.#path.push(key)
    this.visit(value, depth)
    this.#path.pop()
  }

  #countKey(key: string): void {
    this.#count(key)
    const { keys } = this.#limits
    if (keys !== undefined && this.#keys.add(key).size > keys) throw tooLarge(`its objects have more than ${keys} different keys (a Map may have more)`)
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

export function tooLarge(what: string): LimitError {
  return new LimitError('message-too-large', `The value is too large for one message: ${what}. Send it in parts.`)
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

export function mapEntries(value: object): IterableIterator<[unknown, unknown]> {
  return Map.prototype.entries.call(value)
}

export function setValues(value: object): IterableIterator<unknown> {
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
