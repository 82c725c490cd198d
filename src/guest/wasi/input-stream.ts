/**
 * input-stream of wasi:io/streams 0.2: https://github.com/WebAssembly/WASI/blob/main/proposals/io/wit/streams.wit
 * Reads ahead one chunk of its source, so that `subscribe` and a read without waiting have an answer.
 */
import { attempt, isPromise, andThen, type MaybePromise } from '../wait/maybe.ts'
import { Pollable, type Waitable } from './poll.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { closedError, toStreamError } from './stream-error.ts'

/** Where an input stream's bytes come from. */
export interface ByteSource {
  /** The next bytes, `max` of them where the source can choose; undefined at the end. Not called twice at once. */
  read(max: number): MaybePromise<Uint8Array | undefined>
  cancel(): void
}

/** The most that one read gives, however much was asked for. */
export const MAX_PIECE = 64 * 2 ** 10
const NOTHING = new Uint8Array()

export class InputStream extends Resource implements Waitable {
  readonly #count: ResourceCount
  readonly #source: ByteSource
  #buffer: Uint8Array = NOTHING
  #pending: Promise<void> | undefined
  #isEnded = false
  #failure: { readonly error: unknown } | undefined

  constructor(count: ResourceCount, source: ByteSource) {
    super(count)
    this.#count = count
    this.#source = source
  }

  read(length: bigint): Uint8Array {
    if (length > 0n) this.#fill()
    return this.#take(length)
  }

  blockingRead(length: bigint): MaybePromise<Uint8Array> {
    if (length === 0n) return this.#take(length)
    return andThen(this.wait(), () => this.#take(length))
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length)
  }

  blockingSkip(length: bigint): MaybePromise<bigint> {
    return andThen(this.blockingRead(length), (bytes) => BigInt(bytes.length))
  }

  subscribe(): Pollable {
    return new Pollable(this.#count, this)
  }

  isReady(): boolean {
    this.#fill()
    return this.#hasAnswer
  }

  wait(): MaybePromise<void> {
    this.#fill()
    return this.#hasAnswer ? undefined : this.#pending
  }

  protected override onDispose(): void {
    this.#buffer = NOTHING
    this.#isEnded = true
    this.#source.cancel()
  }

  get #hasAnswer(): boolean {
    return this.#buffer.length > 0 || this.#isEnded || this.#failure !== undefined
  }

  #take(length: bigint): Uint8Array {
    const size = length < BigInt(MAX_PIECE) ? Number(length) : MAX_PIECE
    if (this.#buffer.length > 0) {
      const bytes = this.#buffer.subarray(0, size)
      this.#buffer = this.#buffer.subarray(bytes.length)
      return bytes
    }
    if (this.#failure !== undefined) {
      const { error } = this.#failure
      this.#failure = undefined
      this.#isEnded = true
      throw toStreamError(this.#count, error)
    }
    if (this.#isEnded) throw closedError()
    return NOTHING
  }

  #fill(): void {
    if (this.#pending !== undefined || this.#hasAnswer) return
    const filled = attempt(() => this.#source.read(MAX_PIECE), (bytes) => this.#receive(bytes), (error) => this.#fail(error))
    this.#pending = isPromise(filled) ? filled : undefined
  }

  #receive(bytes: Uint8Array | undefined): void {
    this.#pending = undefined
    if (!this.isOpen) return
    if (bytes === undefined) this.#isEnded = true
    else this.#buffer = bytes
  }

  #fail(error: unknown): void {
    this.#pending = undefined
    this.#failure = { error }
  }
}
