/** What requests and responses of wasi:http/types 0.2 have in common: headers, a body that is taken once, and the end of both. */
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import { BodySink } from './body-sink.ts'
import { IncomingBody, OutgoingBody } from './body.ts'
import { Fields } from './fields.ts'

/** As it crosses between the page and the worker. */
export interface MessageHead {
  readonly headers: readonly (readonly [string, string])[]
  /** Number of the body's stream. */
  readonly body: number | null
}

export abstract class IncomingMessage extends Resource {
  readonly #context: WasiContext
  readonly #headers: Fields
  readonly #body: number | null
  #isTaken = false

  constructor(context: WasiContext, { headers, body }: MessageHead) {
    super(context.resources)
    this.#context = context
    this.#headers = Fields.fromPage(context, headers)
    this.#body = body
  }

  headers(): Fields {
    return this.#headers.view()
  }

  consume(): IncomingBody {
    if (this.#isTaken) throw new WitError(undefined)
    this.#isTaken = true
    return new IncomingBody(this.#context, this.#body)
  }

  protected override onDispose(): void {
    this.#headers[GLUE_DISPOSE]()
    if (!this.#isTaken && this.#body !== null) this.#context.outward.acceptStream(this.#body).cancel()
  }
}

export abstract class OutgoingMessage extends Resource {
  readonly #context: WasiContext
  readonly #headers: Fields
  #body: BodySink | undefined

  /** Owns `headers`. */
  constructor(context: WasiContext, headers: Fields) {
    super(context.resources)
    this.#context = context
    this.#headers = headers
  }

  headers(): Fields {
    return this.#headers.view()
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw new WitError(undefined)
    this.#body = new BodySink()
    return new OutgoingBody(this.#context, this.#body)
  }

  /** For sending; ends the resource. */
  protected end(): { readonly headers: [string, string][], readonly body: BodySink | undefined } {
    const parts = { headers: this.#headers.toList(), body: this.#body }
    this.#body = undefined
    this[GLUE_DISPOSE]()
    return parts
  }

  protected override onDispose(): void {
    this.#headers[GLUE_DISPOSE]()
    this.#body?.discard()
  }
}
