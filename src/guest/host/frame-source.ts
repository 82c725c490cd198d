/** What the page pushes to a component, as the resource that its WIT describes: `next` waits for the next item. */
import { FrameReader, type Frame } from '../../wire/frame.ts'
import { CapabilityFailure, type GuestSource } from '../outward.ts'
import { andThen, attempt, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { Resource } from '../wasi/resource.ts'
import { callError } from './call-host.ts'

const decoder = new TextDecoder()

export abstract class FrameSource extends Resource {
  readonly #source: GuestSource
  readonly #reader = new FrameReader((bytes) => decoder.decode(bytes))
  #isEnded = false

  /** @param opening  the answer of the capability: the stream's number */
  constructor({ resources, outward }: WasiContext, opening: unknown) {
    super(resources)
    this.#source = outward.acceptStream(Number(opening))
  }

  /** The next item, undefined at the end. Fails with the interface's `call-error`. */
  protected read(): MaybePromise<Frame | undefined> {
    if (this.#isEnded) return undefined
    const frame = this.#reader.next()
    if (frame !== undefined) return frame
    return andThen(attempt(() => this.#source.read(), (chunk) => chunk, fail), (chunk) => {
      if (chunk === undefined) this.#isEnded = true
      else this.#reader.push(chunk)
      return this.read()
    })
  }

  protected override onDispose(): void {
    this.#isEnded = true
    this.#source.cancel()
  }
}

function fail(error: unknown): never {
  throw error instanceof CapabilityFailure ? callError(error.code, error.message) : error
}
