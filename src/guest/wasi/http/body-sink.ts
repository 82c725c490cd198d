/**
 * Where a body that the guest writes goes. The stream to the page is opened when the message it belongs to is sent; what was written before
 * is kept until then.
 */
import { CapabilityFailure, type GuestSink, type Outward } from '../../outward.ts'
import { andThen, isPromise, type MaybePromise } from '../../wait/maybe.ts'
import type { ByteTarget } from '../output-stream.ts'

/** Written before the message is sent; where the worker blocks, all of the body is. */
const MAX_EARLY_BYTES = 16 * 2 ** 20

const later = setTimeout

const INCOMPLETE = new CapabilityFailure('internal', 'The body was not finished.')

export class BodySink implements ByteTarget {
  /** Ends when everything has been handed to the page, or nobody wants it. */
  readonly settled: Promise<void>
  #settle: () => void = () => undefined
  #sink: GuestSink | undefined
  #early: Uint8Array<ArrayBuffer>[] = []
  #earlyBytes = 0
  #isDiscarding = false
  #end: { readonly failure: CapabilityFailure | undefined } | undefined
  /** The writes under way: the end must not overtake them. */
  #flushing: MaybePromise<void> = undefined
  readonly #onEnd: (() => void)[] = []

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  get isOpen(): boolean {
    return this.#end === undefined
  }

  get isEnded(): boolean {
    return this.#end !== undefined
  }

  /** Runs when the guest has finished the body, or given it up. */
  onEnd(listener: () => void): void {
    if (this.#end === undefined) this.#onEnd.push(listener)
    else listener()
  }

  write(bytes: Uint8Array<ArrayBuffer>): MaybePromise<void> {
    if (this.#isDiscarding) return undefined
    const sink = this.#sink
    if (sink !== undefined) {
      this.#flushing = andThen(this.#flushing, () => sink.write(bytes))
      return this.#flushing
    }
    this.#earlyBytes += bytes.length
    if (this.#earlyBytes > MAX_EARLY_BYTES) {
      throw new CapabilityFailure('body-too-large', `More than ${MAX_EARLY_BYTES} bytes were written before the message was sent.`)
    }
    this.#early.push(bytes)
    return undefined
  }

  /** Sends what there is and will be; gives the stream's number. `isLate`: when its message has gone out, since the worker blocks to send it. */
  open(outward: Outward, isLate = false): number {
    const { id, sink } = outward.openStream()
    this.#sink = sink
    const early = this.#early.splice(0)
    const start = isLate ? new Promise<void>((resolve) => void later(resolve, 0)) : undefined
    this.#flushing = early.reduce<MaybePromise<void>>((before, bytes) => andThen(before, () => sink.write(bytes)), start)
    if (isPromise(this.#flushing)) this.#flushing.catch(() => undefined) // the next write, or the end, meets it
    this.#finish()
    return id
  }

  /** The message has no body after all, or nobody reads it. */
  discard(): void {
    this.#isDiscarding = true
    this.#early = []
    this.#sink?.fail(INCOMPLETE)
    this.#settle()
  }

  /** Without `failure` the body is complete. */
  end(failure?: CapabilityFailure): void {
    if (this.#end !== undefined) return
    this.#end = { failure }
    this.#finish()
    for (const listener of this.#onEnd.splice(0)) listener()
  }

  #finish(): void {
    const sink = this.#sink
    const end = this.#end
    if (sink === undefined || end === undefined || this.#isDiscarding) return
    const finish = (): void => {
      if (end.failure === undefined) sink.end()
      else sink.fail(end.failure)
      this.#settle()
    }
    if (isPromise(this.#flushing)) this.#flushing.then(finish, () => this.#settle())
    else finish()
  }
}
