/**
 * CompressionStream and DecompressionStream by the worker's own. Input comes in pieces, output leaves in pieces and only when asked for.
 * Engines inflate whatever they are given at once: a piece of input is fed to them in bites so small that a bomb's answer stays small, too.
 * https://compression.spec.whatwg.org
 */
import { DelegateError, type BridgeValue, type Delegate, type DelegateContext } from '../bridge.ts'

// Captured now: the worker's lockdown removes what it does not know.
const NativeCompression: typeof CompressionStream | undefined = globalThis.CompressionStream
const NativeDecompression: typeof DecompressionStream | undefined = globalThis.DecompressionStream

const PIECE_BYTES = 64 * 2 ** 10
/** Deflate grows to 1032 times its size at most: a bite gives at most half a megabyte. */
const BITE_BYTES = 512
/** What a coder holds at most, roughly: the engine's windows and tables, the answer to a bite, a piece of input and one of output. */
const CODER_BYTES = 640 * 2 ** 10
const FORMATS: readonly BridgeValue[] = ['gzip', 'deflate', 'deflate-raw']

/** One native stream, moved on by the guest's reads alone. */
class Coder {
  readonly #writer: WritableStreamDefaultWriter<BufferSource>
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  readonly #biteBytes: number
  readonly #output: Uint8Array<ArrayBuffer>[] = []
  #outputBytes = 0
  #isWriting = false
  #isReading = false
  #isOver = false
  /** What the engine said of the input, told after the output before it. */
  #failure: { readonly error: unknown } | undefined
  #waiting: { readonly resolve: (piece: ArrayBuffer | undefined) => void; readonly reject: (error: unknown) => void } | undefined

  constructor(pair: CompressionStream | DecompressionStream, biteBytes: number) {
    this.#writer = pair.writable.getWriter()
    this.#reader = pair.readable.getReader()
    this.#biteBytes = biteBytes
    // The guest hears of failures by its own reads and writes.
    this.#writer.closed.catch(() => undefined)
    this.#writer.ready.catch(() => undefined)
    this.#reader.closed.catch(() => undefined)
  }

  /** Settles when the engine has taken all of `bytes`, which waits for reads. */
  async write(bytes: ArrayBuffer): Promise<undefined> {
    if (this.#isWriting) throw busy()
    this.#isWriting = true
    try {
      for (let offset = 0; offset < bytes.byteLength; offset += this.#biteBytes) {
        await this.#writer.write(new Uint8Array(bytes, offset, Math.min(this.#biteBytes, bytes.byteLength - offset)))
      }
    } finally {
      this.#isWriting = false
      this.#answer()
    }
  }

  async finish(): Promise<undefined> {
    await this.#writer.close()
  }

  /** At most PIECE_BYTES, or undefined at the end. Gathers while input is being worked off, so that many small answers cross as one. */
  read(): Promise<ArrayBuffer | undefined> {
    if (this.#waiting !== undefined) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#answer()
      void this.#drain()
    })
  }

  close(): void {
    this.#isOver = true
    this.#output.length = 0
    this.#outputBytes = 0
    this.#writer.abort().catch(() => undefined)
    this.#reader.cancel().catch(() => undefined)
    this.#answer()
  }

  async #drain(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#waiting !== undefined) {
        const { done, value } = await this.#reader.read()
        if (this.#isOver) return
        if (done) this.#isOver = true
        else if (value.byteLength > 0) this.#keep(value)
        this.#answer()
      }
    } catch (error) {
      this.#failure = { error }
      this.#answer()
    } finally {
      this.#isReading = false
    }
  }

  #keep(chunk: Uint8Array<ArrayBuffer>): void {
    this.#output.push(chunk)
    this.#outputBytes += chunk.byteLength
  }

  #answer(): void {
    const isDue = this.#isOver || this.#failure !== undefined || this.#outputBytes >= PIECE_BYTES || (this.#outputBytes > 0 && !this.#isWriting)
    if (this.#waiting === undefined || !isDue) return
    const { resolve, reject } = this.#waiting
    this.#waiting = undefined
    if (this.#failure !== undefined && this.#outputBytes === 0) return reject(this.#failure.error)
    resolve(this.#outputBytes === 0 ? undefined : this.#take())
  }

  #take(): ArrayBuffer {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, this.#outputBytes))
    for (let offset = 0; offset < piece.length; ) {
      const [chunk = piece] = this.#output
      const part = chunk.subarray(0, piece.length - offset)
      piece.set(part, offset)
      offset += part.length
      if (part.length === chunk.length) this.#output.shift()
      else this.#output[0] = chunk.subarray(part.length)
    }
    this.#outputBytes -= piece.length
    return piece.buffer
  }
}

const codersOf = new WeakMap<DelegateContext, Set<Coder>>()

export const compressionDelegate: Delegate = new Map([
  ['compression.open', ([isCompression, format], context): BridgeValue => {
    const coder = createCoder(isCompression === true, format)
    const id = context.handles.add(coder, CODER_BYTES)
    openCoders(context).add(coder)
    return id
  }],
  ['compression.write', ([answer, id, bytes], context): BridgeValue => {
    const coder = coderOf(context, id)
    if (!(bytes instanceof ArrayBuffer) || bytes.byteLength > PIECE_BYTES) throw new DelegateError('TypeError', 'Not a piece of bytes')
    context.answer(answer, orTypeError(coder.write(bytes)))
    return undefined
  }],
  ['compression.finish', ([answer, id], context): BridgeValue => {
    context.answer(answer, orTypeError(coderOf(context, id).finish()))
    return undefined
  }],
  ['compression.read', ([answer, id], context): BridgeValue => {
    context.answer(answer, orTypeError(coderOf(context, id).read()))
    return undefined
  }],
  ['compression.close', ([id], context): BridgeValue => {
    const coder = coderOf(context, id)
    context.handles.remove(id)
    codersOf.get(context)?.delete(coder)
    coder.close()
    return undefined
  }],
])

function createCoder(isCompression: boolean, format: BridgeValue): Coder {
  const Native = isCompression ? NativeCompression : NativeDecompression
  if (Native === undefined) throw new DelegateError('TypeError', 'This browser has no compression for workers')
  if (!FORMATS.includes(format)) throw new DelegateError('TypeError', 'Not a compression format')
  return new Coder(new Native(format as CompressionFormat), isCompression ? PIECE_BYTES : BITE_BYTES) // it is one of FORMATS
}

function coderOf({ handles }: DelegateContext, id: BridgeValue): Coder {
  const coder = handles.get(id)
  if (!(coder instanceof Coder)) throw new DelegateError('TypeError', 'Not a compression stream', 'invalid-handle')
  return coder
}

/** Coders alive: the epoch's end stops what they are at. */
function openCoders(context: DelegateContext): Set<Coder> {
  const known = codersOf.get(context)
  if (known !== undefined) return known
  const coders = new Set<Coder>()
  codersOf.set(context, coders)
  context.onEpochEnd(() => {
    for (const coder of coders) coder.close()
    coders.clear()
  })
  return coders
}

/** Engines differ in what they throw at corrupt data. */
function orTypeError<T>(result: Promise<T>): Promise<T> {
  return result.catch((error: unknown) => {
    if (error instanceof DelegateError) throw error
    throw new DelegateError('TypeError', error instanceof Error ? error.message : 'The compressed data was not valid')
  })
}

function busy(): DelegateError {
  return new DelegateError('TypeError', 'One read and one write at a time')
}
