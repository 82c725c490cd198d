/**
 * SubtleCrypto and CryptoKey: the worker's own do the work, a key is the worker's and stays there unless it is exported.
 * Attenuated: the algorithms of subtle-table.ts, caps on iterations, key sizes and message sizes (delegate/subtle-caps.ts).
 * https://w3c.github.io/webcrypto/#subtlecrypto-interface
 */
import type { Bridge, BridgeValue } from '../bridge.ts'
import { METHODS, type ArgumentKind } from '../subtle-table.ts'
import { setCloner } from './clone-node.ts'
import { DOMException } from './dom-exception.ts'
import { convertArguments } from './subtle-arguments.ts'
import { Turns } from './subtle-turns.ts'
import { defineInterface, requireArguments } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')
/** The last argument of deriveBits. */
const OPTIONAL = 'bits'

/** A key as the worker describes it. */
interface KeyDescription {
  readonly handle: number
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: Readonly<Record<string, unknown>>
  readonly usages: readonly string[]
}

interface KeyAnswer {
  readonly key?: KeyDescription
  readonly pair?: Readonly<Record<string, KeyDescription>>
  readonly jwk?: unknown
}

export interface SubtleGlobals {
  readonly SubtleCrypto: Function
  readonly CryptoKey: Function
  readonly subtle: object
}

export function createSubtle(bridge: Bridge): SubtleGlobals {
  const { CryptoKey, makeKey, handleOf } = createKeyClass(bridge)
  const turns = new Turns()

  const read = (answer: unknown): unknown => {
    if (typeof answer !== 'string') return answer
    const { key, pair, jwk } = JSON.parse(answer) as KeyAnswer // the worker's own text
    if (key !== undefined) return makeKey(key)
    if (pair === undefined) return jwk
    return Object.fromEntries(Object.entries(pair).map(([name, half]) => [name, makeKey(half)]))
  }

  /** Apart from what waits for the answer, so that the copied bytes are not kept until then. */
  const send = (method: string, kinds: readonly ArgumentKind[], args: readonly unknown[]): Promise<BridgeValue> => {
    const { values, buffers } = convertArguments(method, kinds, args, handleOf)
    const text = JSON.stringify(values)
    const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, text.length)
    return turns.take(bytes, () => bridge.request('subtle.run', method, text, ...buffers))
  }

  class SubtleCrypto {
    readonly #isReal = true
    constructor(...args: readonly unknown[]) {
      if (args[0] !== CONSTRUCTION) throw new TypeError('Illegal constructor')
    }
    static isReal(value: object): boolean {
      return #isReal in value
    }
  }
  const { isReal } = SubtleCrypto
  Reflect.deleteProperty(SubtleCrypto, 'isReal')

  for (const [method, kinds] of Object.entries(METHODS)) {
    const length = kinds.filter((kind) => kind !== OPTIONAL).length
    const { run } = { async run(this: object, ...args: readonly unknown[]): Promise<unknown> {
      if (!isReal(Object(this))) throw new TypeError('Illegal invocation')
      requireArguments(args.length, length, method)
      return read(await send(method, kinds, args).catch(rethrow))
    } }
    Object.defineProperty(run, 'name', { value: method, configurable: true })
    Object.defineProperty(run, 'length', { value: length, configurable: true })
    Object.defineProperty(SubtleCrypto.prototype, method, { value: run, writable: true, configurable: true })
  }
  return { SubtleCrypto: defineInterface(SubtleCrypto, 'SubtleCrypto'), CryptoKey, subtle: new SubtleCrypto(CONSTRUCTION) }
}

/** All but a TypeError is a DOMException here, `SyntaxError` too; our own limits are a quota. */
function rethrow(error: unknown): never {
  if (!(error instanceof Error) || error.name === 'TypeError') throw error
  throw new DOMException(error.message, error.name === 'LimitError' ? 'QuotaExceededError' : error.name)
}

interface KeyClass {
  readonly CryptoKey: Function
  makeKey(description: KeyDescription): object
  handleOf(value: unknown): number | undefined
}

function createKeyClass(bridge: Bridge): KeyClass {
  const dropped = new FinalizationRegistry<number>((handle) => void bridge.call('subtle.free', handle))

  class CryptoKey {
    readonly #description: KeyDescription
    #algorithm: object | undefined
    #usages: string[] | undefined

    constructor(...args: readonly [token?: unknown, description?: KeyDescription]) {
      const [token, description] = args
      if (token !== CONSTRUCTION || description === undefined) throw new TypeError('Illegal constructor')
      this.#description = description
      setCloner(this, () => new CryptoKey(CONSTRUCTION, description))
    }
    get type(): string {
      return this.#description.type
    }
    get extractable(): boolean {
      return this.#description.extractable
    }
    get algorithm(): object {
      this.#algorithm ??= toAlgorithm(this.#description.algorithm)
      return this.#algorithm
    }
    get usages(): string[] {
      this.#usages ??= [...this.#description.usages]
      return this.#usages
    }
    static handleOf(value: object): number | undefined {
      return #description in value ? value.#description.handle : undefined
    }
  }
  const { handleOf } = CryptoKey
  Reflect.deleteProperty(CryptoKey, 'handleOf')
  return {
    CryptoKey: defineInterface(CryptoKey, 'CryptoKey'),
    makeKey(description) {
      dropped.register(description, description.handle) // not the key: its clones share the description
      return new CryptoKey(CONSTRUCTION, description)
    },
    handleOf: (value) => (typeof value === 'object' && value !== null ? handleOf(value) : undefined),
  }
}

/** A list is the bytes of a public exponent. */
function toAlgorithm(described: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(described).map(([name, value]) => [name, Array.isArray(value) ? Uint8Array.from(value) : value]))
}
