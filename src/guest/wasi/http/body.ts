/**
 * `incoming-body`, `outgoing-body` and `future-trailers` of wasi:http/types 0.2. Trailers do not cross: there are none, and given ones are
 * dropped.
 */
import { CapabilityFailure } from '../../outward.ts'
import type { WasiContext } from '../context.ts'
import { InputStream, type ByteSource } from '../input-stream.ts'
import { OutputStream } from '../output-stream.ts'
import { Pollable } from '../poll.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import type { BodySink } from './body-sink.ts'
import type { Fields } from './fields.ts'

const EMPTY: ByteSource = { read: () => undefined, cancel: () => undefined }
const READY = { isReady: () => true, wait: () => undefined }

export class IncomingBody extends Resource {
  readonly #context: WasiContext
  readonly #source: ByteSource
  #isTaken = false

  /** @param stream  the page's number of it; null: no body */
  constructor(context: WasiContext, stream: number | null) {
    super(context.resources)
    this.#context = context
    this.#source = stream === null ? EMPTY : context.outward.acceptStream(stream)
  }

  stream(): InputStream {
    if (this.#isTaken) throw new WitError(undefined)
    this.#isTaken = true
    return new InputStream(this.#context.resources, this.#source)
  }

  static finish(body: IncomingBody): FutureTrailers {
    body[GLUE_DISPOSE]()
    return new FutureTrailers(body.#context)
  }

  protected override onDispose(): void {
    this.#source.cancel()
  }
}

export class FutureTrailers extends Resource {
  readonly #context: WasiContext
  #isTaken = false

  constructor(context: WasiContext) {
    super(context.resources)
    this.#context = context
  }

  subscribe(): Pollable {
    return new Pollable(this.#context.resources, READY)
  }

  get(): unknown {
    if (this.#isTaken) return { tag: 'err', val: undefined }
    this.#isTaken = true
    return { tag: 'ok', val: { tag: 'ok', val: undefined } }
  }
}

export class OutgoingBody extends Resource {
  readonly #context: WasiContext
  readonly #sink: BodySink
  #stream: OutputStream | undefined

  constructor(context: WasiContext, sink: BodySink) {
    super(context.resources)
    this.#context = context
    this.#sink = sink
  }

  write(): OutputStream {
    if (this.#stream !== undefined) throw new WitError(undefined)
    this.#stream = new OutputStream(this.#context.resources, this.#sink)
    return this.#stream
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    trailers?.[GLUE_DISPOSE]()
    body.#stream?.close()
    body.#sink.end()
    body[GLUE_DISPOSE]()
  }

  /** Without `finish` it is not complete: the receiver must not take it for the whole. */
  protected override onDispose(): void {
    this.#sink.end(new CapabilityFailure('internal', 'The body was not finished.'))
  }
}
