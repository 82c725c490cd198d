/** output-stream of wasi:io/streams 0.2: https://github.com/WebAssembly/WASI/blob/main/proposals/io/wit/streams.wit */
import { attempt, isPromise, andThen, type MaybePromise } from '../wait/maybe.ts'
import type { InputStream } from './input-stream.ts'
import { MAX_PIECE } from './input-stream.ts'
import { Pollable, type Waitable } from './poll.ts'
import { Resource, type ResourceCount } from './resource.ts'
import { closedError, toStreamError } from './stream-error.ts'
import { ImportTrap } from './wit-error.ts'

/** Where an output stream's bytes go. */
export interface ByteTarget {
  /** Owns `bytes`. Ends when more can be written. Not called twice at once. */
  write(bytes: Uint8Array<ArrayBuffer>): MaybePromise<void>
  /** False when nothing can be written any more, ever. */
  readonly isOpen?: boolean
  /** The guest dropped the stream. */
  drop?(): void
}

const MAX_BLOCKING_WRITE = 4096n

export class OutputStream extends Resource implements Waitable {
  readonly #count: ResourceCount
  readonly #target: ByteTarget
  #pending: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #isClosed = false
  #permit = 0

  constructor(count: ResourceCount, target: ByteTarget) {
    super(count)
    this.#count = count
    this.#target = target
  }

  checkWrite(): bigint {
    this.#refuseClosed()
    this.#permit = this.#pending === undefined ? MAX_PIECE : 0
    return BigInt(this.#permit)
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#refuseClosed()
    if (bytes.length > this.#permit) throw new ImportTrap(`write: ${bytes.length} bytes, of which ${this.#permit} were permitted.`)
    this.#permit -= bytes.length
    this.#send(bytes)
  }

  blockingWriteAndFlush(bytes: Uint8Array<ArrayBuffer>): MaybePromise<void> {
    if (BigInt(bytes.length) > MAX_BLOCKING_WRITE) throw new ImportTrap(`blocking-write-and-flush: more than ${MAX_BLOCKING_WRITE} bytes.`)
    return andThen(this.wait(), () => {
      this.#refuseClosed()
      this.#send(bytes)
      return this.blockingFlush()
    })
  }

  flush(): void {
    this.#refuseClosed()
  }

  blockingFlush(): MaybePromise<void> {
    return andThen(this.wait(), () => this.#refuseClosed())
  }

  subscribe(): Pollable {
    return new Pollable(this.#count, this)
  }

  writeZeroes(length: bigint): void {
    if (length > BigInt(this.#permit)) throw new ImportTrap('write-zeroes: more bytes than were permitted.')
    this.write(new Uint8Array(Number(length)))
  }

  blockingWriteZeroesAndFlush(length: bigint): MaybePromise<void> {
    if (length > MAX_BLOCKING_WRITE) throw new ImportTrap(`blocking-write-zeroes-and-flush: more than ${MAX_BLOCKING_WRITE} bytes.`)
    return this.blockingWriteAndFlush(new Uint8Array(Number(length)))
  }

  splice(source: InputStream, length: bigint): bigint {
    const room = this.checkWrite()
    if (room === 0n) return 0n
    return this.#pass(source.read(length < room ? length : room))
  }

  blockingSplice(source: InputStream, length: bigint): MaybePromise<bigint> {
    return andThen(this.wait(), () => {
      const room = this.checkWrite()
      return andThen(source.blockingRead(length < room ? length : room), (bytes) => this.#pass(bytes))
    })
  }

  isReady(): boolean {
    return this.#pending === undefined
  }

  wait(): MaybePromise<void> {
    return this.#pending
  }

  /** Whatever is written from now on finds it closed. */
  close(): void {
    this.#isClosed = true
  }

  protected override onDispose(): void {
    this.#isClosed = true
    this.#target.drop?.()
  }

  #pass(bytes: Uint8Array): bigint {
    const { length } = bytes
    if (length > 0) this.write(bytes.slice())
    return BigInt(length)
  }

  /** More than one write may be permitted before the first has gone: they go in order. */
  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return
    const write = (): MaybePromise<void> => attempt(() => this.#target.write(bytes), () => undefined, (error) => {
      this.#failure ??= { error }
    })
    const sent = this.#pending === undefined ? write() : this.#pending.then(write)
    if (!isPromise(sent)) return
    const pending = sent.then(() => {
      if (this.#pending === pending) this.#pending = undefined
    })
    this.#pending = pending
  }

  #refuseClosed(): void {
    if (this.#failure !== undefined) {
      const { error } = this.#failure
      this.#failure = undefined
      this.#isClosed = true
      throw toStreamError(this.#count, error)
    }
    if (this.#isClosed || this.#target.isOpen === false) throw closedError()
  }
}
