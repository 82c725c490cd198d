/** Bytes that the page sends to a component, chunk by chunk, as the WIT of its resources describes them. */
import { CapabilityFailure, type GuestSource } from '../outward.ts'
import { andThen, attempt, type MaybePromise } from '../wait/maybe.ts'
import { callError } from './call-host.ts'

type Bytes = Uint8Array<ArrayBuffer>

export class Chunks {
  readonly #open: () => MaybePromise<GuestSource>
  /** Undefined until it was asked for. */
  #source: GuestSource | undefined
  #isEnded = false
  #failure: { readonly error: unknown } | undefined

  /** @param source  or what asks for it, at the first read; again where that failed */
  constructor(source: GuestSource | (() => MaybePromise<GuestSource>)) {
    this.#open = typeof source === 'function' ? source : () => source
    this.#source = typeof source === 'function' ? undefined : source
  }

  /** Undefined at the end, and from then on; a failure stays as well. Fails with the interface's `call-error`. */
  read(): MaybePromise<Bytes | undefined> {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#isEnded) return undefined
    return andThen(this.#source ?? this.#open(), (source) => this.#readFrom(source))
  }

  end(): void {
    this.#isEnded = true
    this.#source?.cancel()
  }

  #readFrom(source: GuestSource): MaybePromise<Bytes | undefined> {
    this.#source = source
    if (!this.#isEnded) return attempt(() => source.read(), (bytes) => this.#receive(bytes), (error) => this.#fail(error))
    source.cancel()
    return undefined
  }

  #receive(bytes: Bytes | undefined): Bytes | undefined {
    if (bytes === undefined) this.#isEnded = true
    return bytes
  }

  #fail(error: unknown): never {
    const told = error instanceof CapabilityFailure ? callError(error.code, error.message) : error
    this.#failure = { error: told }
    throw told
  }
}
