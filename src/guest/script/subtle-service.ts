/**
 * Who does WebCrypto for this worker: its own `crypto.subtle`, or, where the engine gives a worker none (Chromium's `blob:` workers), the
 * frame that made it, by message over a port that it gave at the start. Keys of the frame's stay there and are numbers here.
 */
import { DelegateError } from './bridge.ts'

/** What both kinds of key tell. */
export interface KeyFacts {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

export interface SubtleService {
  /** Arguments as the method takes them; keys as this service gave them. */
  run(method: string, args: readonly unknown[]): Promise<unknown>
  isKey(value: unknown): value is KeyFacts
  /** Nobody will use the key any more. */
  free(key: KeyFacts): void
}

/** How a key crosses to the frame, and back: an object with this one member. */
const KEY = 'glovebox:key'

// Captured now: lockdown removes what it does not know.
const subtle: unknown = Reflect.get(globalThis.crypto, 'subtle')
const NativeKey: unknown = Reflect.get(globalThis, 'CryptoKey')
const { apply } = Reflect

const state: { service: SubtleService | undefined } = { service: typeof subtle === 'object' && subtle !== null ? createNative(subtle) : undefined }

/** The frame's offer; not needed where the worker has its own. */
export function connectFrame(port: MessagePort): void {
  if (state.service === undefined) state.service = new FrameSubtle(port)
  else port.close()
}

/** @throws {DelegateError} NotSupportedError */
export function subtleService(): SubtleService {
  if (state.service === undefined) throw new DelegateError('NotSupportedError', 'This page is no secure context: there is no crypto.subtle')
  return state.service
}

function createNative(native: object): SubtleService {
  return {
    run(method, args) {
      const run: unknown = Reflect.get(native, method)
      if (typeof run !== 'function') throw new DelegateError('NotSupportedError', `This engine has no subtle.${method}`)
      return apply(run, native, args)
    },
    isKey: (value): value is KeyFacts => typeof NativeKey === 'function' && value instanceof NativeKey,
    free: () => {}, // the engine sees it by itself
  }
}

class FrameKey implements KeyFacts {
  readonly id: number
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]

  constructor(id: number, { type, extractable, algorithm, usages }: KeyFacts) {
    this.id = id
    this.type = type
    this.extractable = extractable
    this.algorithm = algorithm
    this.usages = usages
  }
}

interface Pending {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Answers of the frame's: [id, result] or [id, undefined, name, message]. The frame is trusted; it is our own document. */
class FrameSubtle implements SubtleService {
  readonly #port: MessagePort
  readonly #pending = new Map<number, Pending>()
  /** For those that nobody freed: engines may take their time, and the frame keeps 10 000. */
  readonly #dropped = new FinalizationRegistry<number>((id) => this.#drop(id))
  #lastId = 0

  constructor(port: MessagePort) {
    this.#port = port
    port.onmessage = ({ data: [id, result, name, message] }) => {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (name === undefined) pending?.resolve(this.#receive(result))
      else pending?.reject(new DelegateError(name, message))
    }
  }

  run(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#send(method, args.map((arg) => this.#replaceKeys(arg)))
  }

  isKey(value: unknown): value is KeyFacts {
    return value instanceof FrameKey
  }

  free(key: KeyFacts): void {
    if (!(key instanceof FrameKey) || !this.#dropped.unregister(key)) return
    this.#drop(key.id)
  }

  /** Has no answer. */
  #drop(id: number): void {
    this.#port.postMessage([0, 'free', [id]])
  }

  #send(method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#port.postMessage([id, method, args])
      this.#pending.set(id, { resolve, reject })
    })
  }

  /** A key is an argument, or an algorithm's `public`. */
  #replaceKeys(arg: unknown): unknown {
    if (arg instanceof FrameKey) return { [KEY]: arg.id }
    if (typeof arg !== 'object' || arg === null || !('public' in arg)) return arg
    return { ...arg, public: this.#replaceKeys(arg.public) }
  }

  #receive(result: unknown): unknown {
    if (typeof result !== 'object' || result === null || result instanceof ArrayBuffer) return result
    const id: unknown = Reflect.get(result, KEY)
    if (typeof id === 'number') {
      const key = new FrameKey(id, result as KeyFacts) // the frame's own description
      this.#dropped.register(key, id, key)
      return key
    }
    if (!('privateKey' in result)) return result
    return Object.fromEntries(Object.entries(result).map(([name, half]) => [name, this.#receive(half)]))
  }
}
