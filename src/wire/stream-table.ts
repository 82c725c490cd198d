/**
 * The streams of one session, by id. Frames for streams that have ended are dropped: the sender may not know yet.
 */
import { WireError } from '../errors.ts'
import type { StreamFrame } from './message.ts'
import { IncomingStream, OutgoingStream } from './stream.ts'

/** Streams the other side may have open: 512 windows are more than the bytes in flight that its port allows. */
const MAX_OPEN = 512

export interface StreamTableOptions {
  readonly side: 'page' | 'guest'
  readonly send: (stream: number, frame: StreamFrame, transfer: Transferable[]) => void
  /** Bytes of chunks that were read or dropped. */
  readonly onConsumed: (bytes: number) => void
}

export class StreamTable {
  readonly #options: StreamTableOptions
  readonly #outgoing = new Map<number, OutgoingStream>()
  readonly #incoming = new Map<number, IncomingStream>()
  /** A short stream may have ended before it is claimed, and is read all the same. */
  readonly #unclaimed = new Map<number, IncomingStream>()
  #nextId: number
  #lastSeen = -1

  constructor(options: StreamTableOptions) {
    this.#options = options
    this.#nextId = options.side === 'page' ? 0 : 1
  }

  get size(): number {
    return this.#outgoing.size + this.#incoming.size
  }

  open(): { readonly id: number; readonly stream: OutgoingStream } {
    const id = this.#nextId
    this.#nextId += 2
    const stream = new OutgoingStream(
      (frame, transfer) => this.#options.send(id, frame, transfer),
      () => this.#outgoing.delete(id),
    )
    this.#outgoing.set(id, stream)
    return { id, stream }
  }

  /** Takes the stream that the other side opened as `id`, whose frames may not have arrived yet; undefined when it never did, or it was taken. */
  claim(id: number): IncomingStream | undefined {
    if (!this.#isForeign(id)) return undefined
    if (id > this.#lastSeen) this.#create(id)
    const stream = this.#unclaimed.get(id)
    this.#unclaimed.delete(id)
    return stream
  }

  /** @throws {WireError} malformed-message for frames that break the stream's rules */
  receive(id: number, frame: StreamFrame): void {
    if (!this.#isForeign(id)) return this.#outgoing.get(id)?.receive(frame)
    if (id > this.#lastSeen) this.#create(id)
    const stream = this.#incoming.get(id)
    if (frame.op === 'error') this.#unclaimed.delete(id)
    if (stream !== undefined) stream.receive(frame)
    else if (frame.op === 'chunk') this.#options.onConsumed(frame.bytes.byteLength)
  }

  /** Ends every stream; readers get `reason`. */
  abandon(reason: unknown): void {
    for (const stream of [...this.#outgoing.values()]) stream.abandon()
    for (const stream of [...this.#incoming.values()]) stream.abandon(reason)
    this.#unclaimed.clear()
  }

  #create(id: number): void {
    if (this.#incoming.size >= MAX_OPEN || this.#unclaimed.size >= MAX_OPEN) throw new WireError('flood', `The guest's side opened more than ${MAX_OPEN} streams.`)
    this.#lastSeen = id
    const stream = new IncomingStream(
      (frame, transfer) => this.#options.send(id, frame, transfer),
      () => this.#incoming.delete(id),
      this.#options.onConsumed,
    )
    this.#incoming.set(id, stream)
    this.#unclaimed.set(id, stream)
  }

  #isForeign(id: number): boolean {
    return id % 2 === (this.#options.side === 'page' ? 1 : 0)
  }
}
