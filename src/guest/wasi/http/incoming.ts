/** `incoming-request`, `outgoing-response` and `response-outparam` of wasi:http/types 0.2: what a component that answers requests is given. */
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import { BodySink } from './body-sink.ts'
import { IncomingBody, OutgoingBody } from './body.ts'
import type { HttpError } from './error-code.ts'
import { Fields } from './fields.ts'
import { toMethod, toScheme, type Variant } from './message.ts'

/** As the page sends it. */
export interface RequestHead {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  /** Number of the body's stream. */
  readonly body: number | null
}

export class IncomingRequest extends Resource {
  readonly #context: WasiContext
  readonly #head: RequestHead
  readonly #url: URL
  readonly #headers: Fields
  #isTaken = false

  constructor(context: WasiContext, head: RequestHead) {
    super(context.resources)
    this.#context = context
    this.#head = head
    this.#url = new URL(head.url)
    this.#headers = Fields.fromPage(context, head.headers)
  }

  method(): Variant {
    return toMethod(this.#head.method)
  }

  pathWithQuery(): string {
    return this.#url.pathname + this.#url.search
  }

  scheme(): Variant {
    return toScheme(this.#url.protocol.slice(0, -1))
  }

  authority(): string {
    return this.#url.host
  }

  headers(): Fields {
    return this.#headers.view()
  }

  consume(): IncomingBody {
    if (this.#isTaken) throw new WitError(undefined)
    this.#isTaken = true
    return new IncomingBody(this.#context, this.#head.body)
  }

  protected override onDispose(): void {
    this.#headers[GLUE_DISPOSE]()
    if (!this.#isTaken && this.#head.body !== null) this.#context.outward.acceptStream(this.#head.body).cancel()
  }
}

export class OutgoingResponse extends Resource {
  readonly #context: WasiContext
  readonly #headers: Fields
  #status = 200
  #body: BodySink | undefined

  /** Owns `headers`. */
  constructor(context: WasiContext, headers: Fields) {
    super(context.resources)
    this.#context = context
    this.#headers = headers
  }

  statusCode(): number {
    return this.#status
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 999) throw new WitError(undefined)
    this.#status = status
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
  take(): { readonly status: number, readonly headers: [string, string][], readonly body: BodySink | undefined } {
    const parts = { status: this.#status, headers: this.#headers.toList(), body: this.#body }
    this.#body = undefined
    this[GLUE_DISPOSE]()
    return parts
  }

  protected override onDispose(): void {
    this.#headers[GLUE_DISPOSE]()
    this.#body?.discard()
  }
}

export type Answer = { readonly tag: 'ok', readonly val: OutgoingResponse } | { readonly tag: 'err', readonly val: HttpError }

export class ResponseOutparam extends Resource {
  readonly #answer: (answer: Answer) => void

  constructor(context: WasiContext, answer: (answer: Answer) => void) {
    super(context.resources)
    this.#answer = answer
  }

  static set(param: ResponseOutparam, answer: Answer): void {
    param.#answer(answer)
    param[GLUE_DISPOSE]()
  }
}
