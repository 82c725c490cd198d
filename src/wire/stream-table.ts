/**
 * The streams of one session, by id. Frames for streams that have ended are dropped: the sender may not know yet.
 */
import { WireError } from '../errors.ts'
import type { StreamFrame } from './message.ts'
import type { ErrorRecord } from './payload.ts'
import { chunkCost, IncomingStream, OutgoingStream } from './stream.ts'

/** Streams the other side may have open: 512 windows are more than the bytes in flight that its port allows. */
const MAX_OPEN = 512

const MAX_FAILURES = 16
const MAX_FAILURE = 1000

export interface StreamTableOptions {
  readonly side: 'page' | 'guest'
  readonly send: (stream: number, frame: StreamFrame, transfer: Transferable[]) => void
  /** Cost of chunks that were read or dropped. */
  readonly onConsumed: (bytes: number) => void
}

export class StreamTable {
  readonly #options: StreamTableOptions
  readonly #outgoing = new Map<number, OutgoingStream>()
  readonly #incoming = new Map<number, IncomingStream>()
  /** A short stream may have ended before it is claimed, and is read all the same. */
  readonly #unclaimed = new Map<number, IncomingStream>()
  /** Why those failed that nobody had asked for; the latest few. */
  readonly #failures = new Map<number, ErrorRecord>()
  #nextId: number
  /** The other side's next id; lower ones were opened, in order, also when their first frame is still to come. */
  #nextForeign: number
  #isAbandoned = false

  constructor(options: StreamTableOptions) {
    this.#options = options
    this.#nextId = options.side === 'page' ? 0 : 1
    this.#nextForeign = 1 - this.#nextId
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
    if (this.#isAbandoned) stream.abandon() // nobody would give it credit
    return { id, stream }
  }

  /** Takes the stream that the other side opened as `id`, whose frames may not have arrived yet; undefined when it never did, or it was taken. */
  claim(id: number): IncomingStream | undefined {
    if (this.#isAbandoned || !this.#isForeign(id) || !this.#canReach(id)) return undefined
    this.#createUpTo(id)
    const stream = this.#unclaimed.get(id)
    this.#unclaimed.delete(id)
    return stream
  }

  /** Why a stream cannot be claimed that failed before, once. */
  takeFailure(id: number): ErrorRecord | undefined {
    const failure = this.#failures.get(id)
    this.#failures.delete(id)
    return failure
  }

  /** @throws {WireError} malformed-message for frames that break the stream's rules */
  receive(id: number, frame: StreamFrame): void {
    if (!this.#isForeign(id)) return this.#outgoing.get(id)?.receive(frame)
    if (!this.#canReach(id)) throw tooMany()
    this.#createUpTo(id)
    const stream = this.#incoming.get(id)
    if (stream !== undefined) stream.receive(frame)
    else if (frame.op === 'chunk') this.#options.onConsumed(chunkCost(frame.bytes.byteLength))
    if (frame.op === 'error' && this.#unclaimed.has(id)) this.#dropUnclaimed(id, frame.error)
  }

  /** Ends every stream; readers get `reason`. */
  abandon(reason: unknown): void {
    this.#isAbandoned = true
    for (const stream of [...this.#outgoing.values()]) stream.abandon()
    for (const stream of [...this.#incoming.values()]) stream.abandon(reason)
    this.#unclaimed.clear()
  }

  /** It failed before anyone asked for it: what has arrived would count as in flight for ever. */
  #dropUnclaimed(id: number, { name, message, code }: ErrorRecord): void {
    this.#unclaimed.get(id)?.cancel()
    this.#unclaimed.delete(id)
    const cut = (text: string): string => text.slice(0, MAX_FAILURE)
    this.#failures.set(id, { name: cut(name), message: cut(message), code: cut(code), stack: '' })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest)
  }

  /** Is there room for the stream, and for those before it that were opened but have sent nothing yet? */
  #canReach(id: number): boolean {
    const count = Math.max(0, (id - this.#nextForeign) / 2 + 1)
    return count === 0 || Math.max(this.#incoming.size, this.#unclaimed.size) + count <= MAX_OPEN
  }

  #createUpTo(id: number): void {
    for (; this.#nextForeign <= id; this.#nextForeign += 2) this.#create(this.#nextForeign)
  }

  #create(id: number): void {
    const stream = new IncomingStream(
      (frame, transfer) => this.#options.send(id, frame, transfer),
      () => this.#incoming.delete(id),
      this.#options.onConsumed,
    )
    this.#incoming.set(id, stream)
    this.#unclaimed.set(id, stream)
  }

  #isForeign(id: number): boolean {
    return Number.isSafeInteger(id) && id >= 0 && id % 2 === (this.#options.side === 'page' ? 1 : 0)
  }
}

function tooMany(): WireError {
  return new WireError('flood', `The guest's side opened more than ${MAX_OPEN} streams.`)
}
