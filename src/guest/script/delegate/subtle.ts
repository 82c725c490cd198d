/**
 * WebCrypto for the guest. What comes in is hostile: the method, every algorithm and member are looked up in the table again, objects for
 * the engine are built from scratch, and what it costs is bounded. Results: bytes, a boolean, or JSON (`key`, `pair`, `jwk`).
 */
import { DelegateError, type BridgeValue, type Delegate, type DelegateContext } from '../bridge.ts'
import { subtleService, type KeyFacts } from '../subtle-service.ts'
import { findAlgorithm, FORMATS, JWK_MEMBERS, METHODS, USAGES, type AlgorithmUse, type ArgumentKind, type MemberType } from '../subtle-table.ts'
import { requireAffordable, requireSaneKey } from './subtle-caps.ts'
import { afterWaiting, inTurn, requireRoom } from './subtle-queue.ts'

/** What an engine keeps for a key beside its bytes, roughly. */
const KEY_BYTES = 2048

type Fields = Readonly<Record<string, unknown>>

export const subtleDelegate: Delegate = new Map([
  ['subtle.run', ([id, method, text, ...buffers], context): BridgeValue => {
    const kinds = typeof method === 'string' && Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    if (kinds === undefined || typeof method !== 'string' || typeof text !== 'string') throw malformed()
    const call = new Call(kinds, JSON.parse(text), buffers, context)
    const bytes = call.bytes + text.length
    requireAffordable({ method, algorithms: call.algorithms, bits: call.bits, bytes })
    requireRoom(bytes)
    const service = subtleService()
    // The answer is promised first: that is refused when too many are pending, and then nothing begins.
    const { promise, settle } = defer()
    context.answer(id, promise)
    settle(inTurn(bytes, async () => {
      if (!isAlive(context)) throw new DelegateError('AbortError', 'The extension was reset')
      return new Result(context, bytes).encode(await service.run(method, call.args), method)
    }))
    return undefined
  }],
  ['subtle.free', ([handle], { handles }): BridgeValue => {
    handles.remove(handle)
    return undefined
  }],
])

/** Not before what was asked with it has begun. */
function free(key: KeyFacts): void {
  afterWaiting(() => subtleService().free(key))
}

/** The arguments of one call, as the engine takes them. */
class Call {
  readonly args: readonly unknown[]
  readonly algorithms: Fields[] = []
  readonly bytes: number
  bits = 0
  readonly #buffers: readonly BridgeValue[]
  readonly #context: DelegateContext

  constructor(kinds: readonly ArgumentKind[], values: unknown, buffers: readonly BridgeValue[], context: DelegateContext) {
    this.#buffers = buffers
    this.#context = context
    this.bytes = buffers.reduce((sum: number, buffer) => sum + (buffer instanceof ArrayBuffer ? buffer.byteLength : 0), 0)
    this.args = kinds.map((kind, index) => this.#read(kind, Array.isArray(values) ? values[index] : undefined))
  }

  #read(kind: ArgumentKind, value: unknown): unknown {
    switch (kind) {
      case 'key':
        return this.#key(value)
      case 'data':
        return this.#buffer(value)
      case 'keyData':
        return typeof value === 'number' ? this.#buffer(value) : readJwk(value)
      case 'format':
        return oneOf(FORMATS, value)
      case 'flag':
        return value === true
      case 'usages':
        return listOf(value).map((usage) => oneOf(USAGES, usage))
      case 'bits':
        if (value === null) return null
        this.bits = asNumber(value)
        return this.bits
      default: {
        const algorithm = this.#algorithm(kind.slice(4) as AlgorithmUse, value) // see the kinds
        this.algorithms.push(algorithm)
        return algorithm
      }
    }
  }

  #algorithm(use: AlgorithmUse, given: unknown): Fields {
    const fields = asFields(given)
    const algorithm = findAlgorithm(use, asText(fields['name']))
    if (algorithm === undefined) throw malformed()
    const built: Record<string, unknown> = { name: algorithm.name }
    for (const { name, type, isRequired } of algorithm.members) {
      const value = fields[name]
      if (value === undefined && isRequired) throw malformed()
      if (value !== undefined) built[name] = this.#member(type, value)
    }
    return built
  }

  #member(type: MemberType, value: unknown): unknown {
    switch (type) {
      case 'bytes':
        return this.#buffer(value)
      case 'integer':
        return Uint8Array.from(listOf(value), asNumber)
      case 'hash':
        return this.#algorithm('digest', value)
      case 'name':
        return asText(value)
      case 'key':
        return this.#key(value)
      default:
        return asNumber(value)
    }
  }

  #buffer(index: unknown): ArrayBuffer {
    const buffer = this.#buffers[asNumber(index)]
    if (!(buffer instanceof ArrayBuffer)) throw malformed()
    return buffer
  }

  #key(handle: unknown): KeyFacts {
    const key = this.#context.handles.get(asNumber(handle))
    if (!subtleService().isKey(key)) throw malformed()
    return key
  }
}

/** What the engine gave, for the guest; keys become handles. */
class Result {
  readonly #context: DelegateContext
  readonly #bytes: number

  constructor(context: DelegateContext, bytes: number) {
    this.#context = context
    this.#bytes = bytes
  }

  encode(value: unknown, method: string): BridgeValue {
    if (value instanceof ArrayBuffer || typeof value === 'boolean') return value
    const service = subtleService()
    if (service.isKey(value)) return JSON.stringify({ key: this.#keep(value) })
    if (method === 'exportKey') return JSON.stringify({ jwk: value })
    const pair = Object.entries(asFields(value)).filter((entry): entry is [string, KeyFacts] => service.isKey(entry[1]))
    return JSON.stringify({ pair: Object.fromEntries(pair.map(([name, half]) => [name, this.#keep(half)])) })
  }

  #keep(key: KeyFacts): Fields {
    requireSaneKey(key)
    if (!isAlive(this.#context)) throw new DelegateError('AbortError', 'The extension was reset')
    const { type, extractable, algorithm, usages } = key
    const handle = this.#context.handles.add(key, KEY_BYTES + this.#bytes, { isConstant: true, onGone: () => free(key) })
    return { handle, type, extractable, algorithm: describeAlgorithm(algorithm), usages }
  }
}

/** As the engine has it, its order too; bytes become a list. */
function describeAlgorithm(algorithm: object): Fields {
  return Object.fromEntries(Object.entries(algorithm).map(([name, value]) => [name, value instanceof Uint8Array ? Array.from(value) : value]))
}

function readJwk(given: unknown): Fields {
  const fields = asFields(given)
  const jwk: Record<string, unknown> = {}
  for (const name of JWK_MEMBERS) {
    const value = fields[name]
    if (value === undefined) continue
    if (name === 'oth') throw new DelegateError('NotSupportedError', 'RSA keys of more than two primes are not supported')
    jwk[name] = name === 'ext' ? value === true : name === 'key_ops' ? listOf(value).map(asText) : asText(value)
  }
  return jwk
}

const ended = new WeakMap<DelegateContext, { isEnded: boolean }>()

function isAlive(context: DelegateContext): boolean {
  const known = ended.get(context)
  if (known !== undefined) return !known.isEnded
  const state = { isEnded: false }
  ended.set(context, state)
  context.onEpochEnd(() => void (state.isEnded = true))
  return !state.isEnded
}

interface Deferred {
  readonly promise: Promise<BridgeValue>
  settle(value: Promise<BridgeValue>): void
}

function defer(): Deferred {
  const parts: { settle: (value: Promise<BridgeValue>) => void } = { settle: () => {} }
  const promise = new Promise<BridgeValue>((resolve) => void (parts.settle = resolve))
  return { promise, settle: parts.settle }
}

function oneOf(known: readonly string[], value: unknown): string {
  const found = known.find((one) => one === value)
  if (found === undefined) throw malformed()
  return found
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed()
  return value
}

function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw malformed()
  return value as Fields // an object: reading any key is safe to type as unknown
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function asNumber(value: unknown): number {
  if (typeof value !== 'number') throw malformed()
  return value
}

/** Only escaped or spoiled code gets this: our own half sends nothing of the kind. */
function malformed(): DelegateError {
  return new DelegateError('TypeError', 'Not the arguments of a method of crypto.subtle')
}
