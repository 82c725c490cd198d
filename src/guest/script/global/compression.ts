/**
 * CompressionStream and DecompressionStream, by the worker's own. Not a TransformStream, whose transform would have to keep all that a chunk
 * inflates to: the readable side asks the worker for a piece when it is read, and the writable side waits for that.
 * https://compression.spec.whatwg.org
 */
import type { Bridge, BridgeValue, CreateGlobals } from '../bridge.ts'
import { ReadableStream, WritableStream } from './streams.ts'
import { defineInterface, requireArguments, toBuffer, toBytes, toDomString } from './web-idl.ts'

const PIECE_BYTES = 64 * 2 ** 10
const FORMATS: readonly string[] = ['deflate', 'deflate-raw', 'gzip']

export const createCompressionGlobals: CreateGlobals = (bridge) => {
  // Streams dropped half-way give their handle back. (The registry's own callback never sees them.)
  const dropped = new FinalizationRegistry<number>((id) => void bridge.call('compression.close', id))
  const createPair = (isCompression: boolean, format: unknown): Pair => connect(new Coder(bridge, dropped, isCompression, toFormat(format)))

  class CompressionStream {
    readonly #pair: Pair
    constructor(...args: readonly [format?: unknown]) {
      requireArguments(args.length, 1, 'CompressionStream')
      this.#pair = createPair(true, args[0])
    }
    get readable(): object {
      return this.#pair.readable
    }
    get writable(): object {
      return this.#pair.writable
    }
  }

  class DecompressionStream {
    readonly #pair: Pair
    constructor(...args: readonly [format?: unknown]) {
      requireArguments(args.length, 1, 'DecompressionStream')
      this.#pair = createPair(false, args[0])
    }
    get readable(): object {
      return this.#pair.readable
    }
    get writable(): object {
      return this.#pair.writable
    }
  }

  for (const type of [CompressionStream, DecompressionStream]) Object.defineProperty(type, 'length', { value: 1, configurable: true })
  return {
    CompressionStream: defineInterface(CompressionStream, 'CompressionStream'),
    DecompressionStream: defineInterface(DecompressionStream, 'DecompressionStream'),
  }
}

interface Pair {
  readonly readable: object
  readonly writable: object
}

interface Controller {
  error(reason: unknown): void
}

/** The worker's coder, opened when first used, closed when it ends in any way. */
class Coder {
  readonly #bridge: Bridge
  readonly #dropped: FinalizationRegistry<number>
  readonly #isCompression: boolean
  readonly #format: string
  /** Held here, and nowhere else for good. */
  readonly #waiting = new Set<Waiter>()
  #id: number | undefined
  #isClosed = false

  constructor(bridge: Bridge, dropped: FinalizationRegistry<number>, isCompression: boolean, format: string) {
    this.#bridge = bridge
    this.#dropped = dropped
    this.#isCompression = isCompression
    this.#format = format
  }
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const own = bytes.length > PIECE_BYTES ? bytes.slice() : bytes // whoever wrote it may change it while pieces wait
    for (let offset = 0; offset < own.length; offset += PIECE_BYTES) {
      await this.#ask('compression.write', toBuffer(own.subarray(offset, offset + PIECE_BYTES)))
    }
  }
  async finish(): Promise<void> {
    await this.#ask('compression.finish')
  }
  async read(): Promise<Uint8Array | undefined> {
    const piece = await this.#ask('compression.read')
    return piece instanceof ArrayBuffer ? new Uint8Array(piece) : undefined
  }
  close(): void {
    this.#isClosed = true
    if (this.#id === undefined) return
    this.#dropped.unregister(this)
    this.#bridge.call('compression.close', this.#id)
    this.#id = undefined
  }
  /** The worker's answer finds its way by a weak reference: streams that nobody holds but the bridge, waiting for it, are dropped all the same. */
  #ask(op: string, ...args: readonly ArrayBuffer[]): Promise<BridgeValue> {
    const request = this.#bridge.request(op, this.#open(), ...args)
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject }
      this.#waiting.add(waiter)
      forward(request, new WeakRef(waiter), new WeakRef(this.#waiting))
    })
  }
  #open(): number {
    if (this.#isClosed) throw new TypeError('The stream is closed')
    if (this.#id === undefined) {
      this.#id = Number(this.#bridge.call('compression.open', this.#isCompression, this.#format))
      this.#dropped.register(this, this.#id, this)
    }
    return this.#id
  }
}

interface Waiter {
  resolve(value: BridgeValue): void
  reject(error: unknown): void
}

function forward(request: Promise<BridgeValue>, waiter: WeakRef<Waiter>, waiting: WeakRef<Set<Waiter>>): void {
  const take = (): Waiter | undefined => {
    const found = waiter.deref()
    if (found !== undefined) waiting.deref()?.delete(found)
    return found
  }
  request.then((value) => take()?.resolve(value), (error: unknown) => take()?.reject(error))
}

/** Two ends that fail together, as those of a TransformStream do. */
function connect(coder: Coder): Pair {
  const ends: Controller[] = []
  const fail = (error: unknown): void => {
    coder.close()
    for (const end of ends) end.error(error)
  }
  const orFail = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      fail(error)
      throw error
    }
  }
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => void ends.push(controller),
    pull: (controller) => orFail(async () => {
      const piece = await coder.read()
      if (piece !== undefined) return controller.enqueue(piece)
      coder.close()
      controller.close()
    }),
    cancel: fail,
  }, { highWaterMark: 0 })
  const writable = new WritableStream<unknown>({
    start: (controller) => void ends.push(controller),
    write: (chunk) => orFail(async () => coder.write(toBytes(chunk, 'CompressionStream'))),
    close: () => orFail(() => coder.finish()),
    abort: fail,
  })
  return { readable, writable }
}

function toFormat(value: unknown): string {
  const format = toDomString(value)
  if (!FORMATS.includes(format)) throw new TypeError(`Not a compression format: '${format.slice(0, 100)}'`)
  return format
}
