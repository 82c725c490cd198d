/**
 * The one byte stream of the wire: chunk, credit, end, error, cancel, over a 256 KiB window. The receiver's credit is the only brake, so a
 * slow reader stops a fast sender without anything piling up. Closing either end settles the other.
 * Ids: the page opens even ones, the guest odd ones, each counting up.
 */
import { WireError } from '../errors.ts'
import type { StreamFrame } from './message.ts'
import type { ErrorRecord } from './payload.ts'

export const STREAM_WINDOW = 256 * 2 ** 10
export const MAX_CHUNK = 64 * 2 ** 10

/** Every chunk holds an object beside its bytes: a window of one-byte chunks would cost the receiver hundreds of times its size. */
const MIN_CHUNK_COST = 1024

/** What a chunk takes from the window, and from the bytes in flight of its port. */
export function chunkCost(byteLength: number): number {
  return Math.max(MIN_CHUNK_COST, byteLength)
}

type SendFrame = (frame: StreamFrame, transfer: Transferable[]) => void

/** What a reader gets when the other side failed; the class lives on the reader's side of the wire only. */
export class StreamError extends Error {
  readonly code: string
  readonly record: ErrorRecord
  constructor(record: ErrorRecord) {
    super(record.message)
    this.name = record.name
    this.code = record.code
    this.record = record
  }
}

/** Sending half. */
export class OutgoingStream {
  readonly #send: SendFrame
  readonly #onEnd: () => void
  #credit = STREAM_WINDOW
  #wake: (() => void) | undefined
  #isWriting = false
  #isEnded = false
  #onCancel: (() => void) | undefined

  constructor(send: SendFrame, onEnd: () => void) {
    this.#send = send
    this.#onEnd = onEnd
  }

  /** Runs when the receiver wants no more, or the session ended. */
  set onCancel(listener: () => void) {
    if (this.#isEnded) listener()
    else this.#onCancel = listener
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /**
   * Takes ownership of `bytes`. Resolves when the window has room again, or the stream ended.
   * @throws {TypeError} while another write waits: one at a time
   */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isEnded) return
    if (this.#isWriting) throw new TypeError('A write is waiting already; await it first.')
    this.#isWriting = true
    try {
      await this.#writeChunks(bytes)
    } finally {
      this.#isWriting = false
    }
  }

  end(): void {
    if (this.#isEnded) return
    this.#send({ op: 'end' }, [])
    this.#settle()
  }

  fail(error: ErrorRecord): void {
    if (this.#isEnded) return
    this.#send({ op: 'error', error }, [])
    this.#settle()
  }

  /** A frame of the receiver's. @throws {WireError} malformed-message for a frame that only senders send */
  receive(frame: StreamFrame): void {
    switch (frame.op) {
      case 'credit':
        this.#credit = Math.min(STREAM_WINDOW, this.#credit + frame.credit)
        return this.#wakeUp()
      case 'cancel':
        return this.abandon()
      default:
        throw new WireError('malformed-message', `The guest's side sent "${frame.op}" to the sending half of a stream.`)
    }
  }

  /** The other side is gone: nothing is sent any more. */
  abandon(): void {
    if (this.#isEnded) return
    this.#settle()
    this.#onCancel?.()
  }

  async #writeChunks(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let offset = 0; offset < bytes.byteLength && !this.#isEnded; ) {
      await this.#waitForCredit()
      if (this.#isEnded) return
      const size = Math.min(MAX_CHUNK, this.#credit, bytes.byteLength - offset)
      const isWhole = size === bytes.buffer.byteLength
      const buffer = isWhole ? bytes.buffer : bytes.slice(offset, offset + size).buffer
      offset += size
      this.#credit -= chunkCost(size)
      this.#send({ op: 'chunk', bytes: buffer }, [buffer])
      if (isWhole) break // transferred: bytes is detached and empty now
    }
    await this.#waitForCredit()
  }

  #settle(): void {
    this.#isEnded = true
    this.#onEnd()
    this.#wakeUp()
  }

  async #waitForCredit(): Promise<void> {
    while (this.#credit < MIN_CHUNK_COST && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

/** Receiving half. */
export class IncomingStream {
  readonly #send: SendFrame
  readonly #onEnd: () => void
  readonly #onConsumed: (bytes: number) => void
  readonly #chunks: Uint8Array<ArrayBuffer>[] = []
  #allowance = STREAM_WINDOW
  #owed = 0
  #state: { readonly kind: 'open' | 'ended' } | { readonly kind: 'failed'; readonly error: unknown } = { kind: 'open' }
  #waiting: { readonly resolve: (chunk: Uint8Array<ArrayBuffer> | undefined) => void; readonly reject: (error: unknown) => void } | undefined

  /** @param onConsumed  cost of the chunks that a reader took, or that were dropped unread */
  constructor(send: SendFrame, onEnd: () => void, onConsumed: (bytes: number) => void) {
    this.#send = send
    this.#onEnd = onEnd
    this.#onConsumed = onConsumed
  }

  /** Next chunk, undefined at the end. Rejects with TypeError while another read waits: one at a time. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#consume(chunkCost(chunk.byteLength))
      return Promise.resolve(chunk)
    }
    if (this.#waiting !== undefined) return Promise.reject(new TypeError('A read is waiting already; await it first.'))
    if (this.#state.kind === 'failed') return Promise.reject(this.#state.error)
    if (this.#state.kind === 'ended') return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  /** Tells the sender to stop; what has arrived is dropped. */
  cancel(): void {
    if (this.#state.kind === 'open') this.#send({ op: 'cancel' }, [])
    this.#drop()
    this.#finish({ kind: 'ended' })
  }

  /** A frame of the sender's. @throws {WireError} malformed-message for more bytes than credited, or a frame that only receivers send */
  receive(frame: StreamFrame): void {
    switch (frame.op) {
      case 'chunk':
        return this.#receiveChunk(frame.bytes)
      case 'end':
        return this.#finish({ kind: 'ended' })
      case 'error':
        // What was sent before a revocation, and not yet read, is taken back with it.
        if (frame.error.code === 'permission-revoked') this.#drop()
        return this.#finish({ kind: 'failed', error: new StreamError(frame.error) })
      default:
        throw new WireError('malformed-message', `The guest's side sent "${frame.op}" to the receiving half of a stream.`)
    }
  }

  /** The session ended: readers get `reason`. */
  abandon(reason: unknown): void {
    this.#drop()
    this.#finish({ kind: 'failed', error: reason })
  }

  #receiveChunk(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0) throw new WireError('malformed-message', "The guest's side sent an empty chunk.")
    this.#allowance -= chunkCost(buffer.byteLength)
    if (this.#allowance < 0) throw new WireError('malformed-message', "The guest's side sent more bytes on a stream than its credit.")
    const chunk = new Uint8Array(buffer)
    if (this.#waiting === undefined) {
      this.#chunks.push(chunk)
      return
    }
    const { resolve } = this.#waiting
    this.#waiting = undefined
    this.#consume(chunkCost(chunk.byteLength))
    resolve(chunk)
  }

  #consume(cost: number): void {
    this.#onConsumed(cost)
    this.#owed += cost
    if (this.#state.kind !== 'open' || (this.#owed < MAX_CHUNK && this.#chunks.length > 0)) return
    this.#allowance += this.#owed
    this.#send({ op: 'credit', credit: this.#owed }, [])
    this.#owed = 0
  }

  #drop(): void {
    for (const chunk of this.#chunks) this.#onConsumed(chunkCost(chunk.byteLength))
    this.#chunks.length = 0
  }

  #finish(state: { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown }): void {
    if (this.#state.kind !== 'open') return
    this.#state = state
    this.#onEnd()
    const waiting = this.#waiting
    this.#waiting = undefined
    if (state.kind === 'failed') waiting?.reject(state.error)
    else waiting?.resolve(undefined)
  }
}
