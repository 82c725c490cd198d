/// <reference lib="es2024.string" />
/// <reference lib="es2024.arraybuffer" />
/**
 * What all globals share of WebIDL: argument conversion, how an interface object looks, and classes made once per bridge.
 * Runs inside QuickJS. A guest that patches intrinsics changes what happens to itself, nothing outside.
 */
import type { Bridge } from '../bridge.ts'

/** Prototypes of our interfaces: their instances are platform objects, which structuredClone refuses. */
const PLATFORM_PROTOTYPES = new WeakSet<object>()

/** Makes `type` look like a WebIDL interface: its name (minifiers rename), a toStringTag, enumerable members. */
export function defineInterface<T extends { readonly prototype: object }>(type: T, name: string, constants: readonly string[] = []): T {
  const { prototype } = type
  Object.defineProperty(type, 'name', { value: name, configurable: true })
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== 'constructor') Object.defineProperty(prototype, key, { enumerable: true })
  }
  for (const key of Object.getOwnPropertyNames(type)) {
    if (key !== 'prototype' && key !== 'name' && key !== 'length') Object.defineProperty(type, key, { enumerable: true })
  }
  constants.forEach((constant, value) => {
    if (constant === '') return
    Object.defineProperty(type, constant, { value, enumerable: true })
    Object.defineProperty(prototype, constant, { value, enumerable: true })
  })
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true })
  PLATFORM_PROTOTYPES.add(prototype)
  return type
}

/** How many arguments functions of `owner` require: those that take rest arguments, to count them, have the length 0 by themselves. */
export function defineLengths(owner: object, lengths: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(lengths)) {
    const method: unknown = Reflect.get(owner, name)
    if (typeof method === 'function') Object.defineProperty(method, 'length', { value, configurable: true })
  }
}

/** The prototypes of ours that `value` has, nearest first; none for what is no platform object. */
export function platformPrototypesOf(value: object): object[] {
  const found: object[] = []
  for (let type = Reflect.getPrototypeOf(value); type !== null; type = Reflect.getPrototypeOf(type)) {
    if (PLATFORM_PROTOTYPES.has(type)) found.push(type)
  }
  return found
}

/** Throws as WebIDL does when fewer than `count` arguments came. */
export function requireArguments(got: number, count: number, where: string): void {
  if (got < count) throw new TypeError(`${where}: ${count} argument${count === 1 ? '' : 's'} required, but only ${got} present`)
}

/** WebIDL DOMString: any code unit; a symbol is a TypeError, which `String(value)` would let pass. */
export function toDomString(value: unknown): string {
  return `${value as string}` // a template converts any value, whatever its type
}

/** WebIDL USVString: lone surrogates become U+FFFD. */
export function toUsvString(value: unknown): string {
  return toDomString(value).toWellFormed()
}

/** WebIDL dictionary: undefined and null are empty, other primitives are refused. Members are read by `get`, inherited ones too. */
export function toDictionary(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' && typeof value !== 'function') throw new TypeError(`${where}: options must be an object`)
  return value as Readonly<Record<string, unknown>> // an object: reading any key is safe to type as unknown
}

/** The bytes of a BufferSource, not copied. */
export function toBytes(source: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (ArrayBuffer.isView(source)) {
    // No SharedArrayBuffer exists in the guest.
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength)
  }
  throw new TypeError(`${where}: an ArrayBuffer or a view of one is required`)
}

/** The buffer of exactly `bytes`, copied only where the view shows a part of it. */
export function toBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)
}

const { apply } = Reflect
const { get: readWeak, set: writeWeak } = WeakMap.prototype

/** Runs `create` once per bridge, so that files can share classes that need it. A guest that patches WeakMap does not see the bridge. */
export function perBridge<T>(create: (bridge: Bridge) => T): (bridge: Bridge) => T {
  const made = new WeakMap<Bridge, { readonly value: T }>()
  return (bridge) => {
    const known: { readonly value: T } | undefined = apply(readWeak, made, [bridge])
    if (known !== undefined) return known.value
    const value = create(bridge)
    apply(writeWeak, made, [bridge, { value }])
    return value
  }
}

type IterationKind = 'keys' | 'values' | 'entries'

const ITERATOR_PROTOTYPE: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()))

interface Iteration {
  readonly list: () => readonly (readonly [string, unknown])[]
  readonly kind: IterationKind
  index: number
}

const iterations = new WeakMap<object, Iteration>()
const iteratorPrototypes = new Map<string, object>()

/** A WebIDL pair iterator: live, by position in what `list` returns at each step. */
export function createPairIterator(list: Iteration['list'], kind: IterationKind, tag: string): IterableIterator<never> {
  const prototype = iteratorPrototypes.get(tag) ?? createIteratorPrototype(tag)
  iteratorPrototypes.set(tag, prototype)
  const iterator: object = Object.create(prototype)
  iterations.set(iterator, { list, kind, index: 0 })
  return iterator as IterableIterator<never> // `next` is the prototype's, the rest %IteratorPrototype%'s
}

function createIteratorPrototype(tag: string): object {
  const methods = {
    next(): IteratorResult<unknown> {
      const iteration = iterations.get(this)
      if (iteration === undefined) throw new TypeError(`A ${tag} Iterator is required`)
      const { list, kind } = iteration
      const pair = list()[iteration.index]
      if (pair === undefined) return { value: undefined, done: true }
      iteration.index += 1
      return { value: kind === 'keys' ? pair[0] : kind === 'values' ? pair[1] : [pair[0], pair[1]], done: false }
    },
  }
  return Object.create(ITERATOR_PROTOTYPE, {
    next: { value: methods.next, writable: true, enumerable: true, configurable: true },
    [Symbol.toStringTag]: { value: `${tag} Iterator`, configurable: true },
  })
}
