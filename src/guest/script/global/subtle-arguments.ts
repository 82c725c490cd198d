/**
 * Arguments of SubtleCrypto's methods on their way out: converted as WebIDL does, algorithms normalised, bytes copied, all of it in the
 * order that the standard gives, since getters of the guest's run in between. https://w3c.github.io/webcrypto/#algorithm-normalization
 */
import type { AlgorithmUse, ArgumentKind, MemberType } from '../subtle-table.ts'
import { findAlgorithm, FORMATS, JWK_MEMBERS, MAX_MESSAGE_BYTES, USAGES } from '../subtle-table.ts'
import { DOMException } from './dom-exception.ts'
import { toDictionary, toDomString } from './web-idl.ts'

/** What crosses: plain data as JSON, in which a buffer is its position in the list and a key the worker's number. */
export interface SubtleArguments {
  readonly values: readonly unknown[]
  readonly buffers: readonly ArrayBuffer[]
}

/** The worker's number of a CryptoKey; undefined for anything else. */
export type HandleOf = (value: unknown) => number | undefined

type Bytes = ArrayBuffer | ArrayBufferView

export function convertArguments(method: string, kinds: readonly ArgumentKind[], args: readonly unknown[], handleOf: HandleOf): SubtleArguments {
  // First WebIDL's conversion of all arguments, then the method's own steps.
  const converted = kinds.map((kind, index) => convert(kind, args[index], method, handleOf))
  const sink = new BufferSink(method)
  const values: unknown[] = []
  for (const [index, kind] of kinds.entries()) {
    if (!kind.startsWith('use:')) continue
    values[index] = normalize(kind.slice(4) as AlgorithmUse, converted[index], { method, sink, handleOf }) // see the kinds
  }
  for (const [index, kind] of kinds.entries()) {
    const value = converted[index]
    if (kind === 'data') values[index] = sink.add(value as Bytes) // converted above
    else if (kind === 'keyData') values[index] = readKeyData(value, converted[0], sink)
    else if (!kind.startsWith('use:')) values[index] = value
  }
  return { values, buffers: sink.buffers }
}

/** The buffers of one call, with their bytes as they are now. */
class BufferSink {
  readonly buffers: ArrayBuffer[] = []
  readonly #method: string
  #bytes = 0

  constructor(method: string) {
    this.#method = method
  }

  add(source: Bytes): number {
    this.#bytes += source.byteLength
    if (this.#bytes > MAX_MESSAGE_BYTES) {
      throw new DOMException(`${this.#method}: at most ${MAX_MESSAGE_BYTES} bytes at one call`, 'QuotaExceededError')
    }
    return this.buffers.push(copyOf(source)) - 1
  }
}

/** A view of a detached buffer has no bytes. */
function copyOf(source: Bytes): ArrayBuffer {
  if (source.byteLength === 0) return new ArrayBuffer(0)
  if (source instanceof ArrayBuffer) return source.slice(0)
  return (source.buffer as ArrayBuffer).slice(source.byteOffset, source.byteOffset + source.byteLength) // no SharedArrayBuffer in the guest
}

function convert(kind: ArgumentKind, value: unknown, method: string, handleOf: HandleOf): unknown {
  switch (kind) {
    case 'key':
      return keyNumber(value, method, handleOf)
    case 'data':
      return toBufferSource(value, method)
    case 'keyData':
      if (isBufferSource(value)) return value
      return toJwk(toDictionary(value, method))
    case 'format':
      return toEnum(value, FORMATS, `${method}: format`)
    case 'flag':
      return Boolean(value)
    case 'usages':
      return toList(value, method).map((usage) => toEnum(usage, USAGES, `${method}: usage`))
    case 'bits':
      return value === undefined || value === null ? null : Number(value) >>> 0
    default:
      return isObject(value) ? value : toDomString(value)
  }
}

function readKeyData(value: unknown, format: unknown, sink: BufferSink): unknown {
  if (isBufferSource(value) === (format === 'jwk')) throw new TypeError(`importKey: the key data does not fit the format "${String(format)}"`)
  return isBufferSource(value) ? sink.add(value) : value
}

interface Normalizing {
  readonly method: string
  readonly sink: BufferSink
  readonly handleOf: HandleOf
}

function normalize(use: AlgorithmUse, given: unknown, context: Normalizing): Readonly<Record<string, unknown>> {
  const { method } = context
  const source = isObject(given) ? given : { name: given }
  const { name } = source
  if (name === undefined) throw new TypeError(`${method}: the algorithm has no name`)
  const text = toDomString(name)
  const algorithm = findAlgorithm(use, text)
  if (algorithm === undefined) throw new DOMException(`${method}: the algorithm "${text.slice(0, 100)}" is not supported`, 'NotSupportedError')
  const result: Record<string, unknown> = { name: algorithm.name }
  for (const { name: member, type, isRequired } of algorithm.members) {
    const value = source[member]
    if (value === undefined && isRequired) throw new TypeError(`${method}: ${algorithm.name} needs "${member}"`)
    if (value !== undefined) result[member] = readMember(type, value, `${method}: ${member}`, context)
  }
  return result
}

const RANGES: Readonly<Record<string, number>> = { octet: 0xff, short: 0xffff, long: 0xffff_ffff }
/** Of an exponent that crosses; longer ones are none that the worker takes. */
const MAX_INTEGER_BYTES = 8

function readMember(type: MemberType, value: unknown, where: string, context: Normalizing): unknown {
  switch (type) {
    case 'bytes':
      return context.sink.add(toBufferSource(value, where))
    case 'integer':
      if (!(value instanceof Uint8Array)) throw new TypeError(`${where} must be a Uint8Array`)
      return value.length > MAX_INTEGER_BYTES ? [] : Array.from(value)
    case 'hash':
      return normalize('digest', isObject(value) ? value : toDomString(value), context)
    case 'name':
      return toDomString(value)
    case 'key':
      return keyNumber(value, where, context.handleOf)
    default:
      return toEnforcedRange(value, RANGES[type] ?? 0, where)
  }
}

function toEnforcedRange(value: unknown, max: number, where: string): number {
  const number = Math.trunc(+(value as number)) // converts any value, and refuses bigints and symbols as WebIDL does
  if (!(number >= 0 && number <= max)) throw new TypeError(`${where} must be a number from 0 to ${max}`)
  return number
}

function keyNumber(value: unknown, where: string, handleOf: HandleOf): number {
  const handle = handleOf(value)
  if (handle === undefined) throw new TypeError(`${where}: a CryptoKey is required`)
  return handle
}

function toJwk(source: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const jwk: Record<string, unknown> = {}
  for (const name of JWK_MEMBERS) {
    const value = source[name]
    if (value === undefined) continue
    if (name === 'ext') jwk[name] = Boolean(value)
    else if (name === 'key_ops') jwk[name] = toList(value, name).map(toDomString)
    else if (name === 'oth') jwk[name] = toList(value, name).length > 0
    else jwk[name] = toDomString(value)
  }
  return jwk
}

function toList(value: unknown, where: string): unknown[] {
  if (!isObject(value) || typeof value[Symbol.iterator] !== 'function') throw new TypeError(`${where}: a list is required`)
  return [...(value as unknown as Iterable<unknown>)] // has an iterator method, looked at above
}

function toEnum(value: unknown, known: readonly string[], where: string): string {
  const text = toDomString(value)
  if (!known.includes(text)) throw new TypeError(`${where}: "${text.slice(0, 100)}" is not one of ${known.join(', ')}`)
  return text
}

function toBufferSource(value: unknown, where: string): Bytes {
  if (!isBufferSource(value)) throw new TypeError(`${where}: an ArrayBuffer or a view of one is required`)
  return value
}

function isBufferSource(value: unknown): value is Bytes {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
