/** `incoming-request`, `outgoing-response` and `response-outparam` of wasi:http/types 0.2: what a component that answers requests is given. */
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import type { BodySink } from './body-sink.ts'
import type { HttpError } from './error-code.ts'
import { IncomingMessage, type MessageHead, OutgoingMessage } from './message.ts'
import { toMethod, toScheme, type Variant } from './request-line.ts'

/** As the page sends it. */
export interface RequestHead extends MessageHead {
  readonly url: string
  readonly method: string
}

export class IncomingRequest extends IncomingMessage {
  readonly #method: string
  readonly #url: URL

  constructor(context: WasiContext, head: RequestHead) {
    super(context, head)
    this.#method = head.method
    this.#url = new URL(head.url)
  }

  method(): Variant {
    return toMethod(this.#method)
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
}

export class OutgoingResponse extends OutgoingMessage {
  #status = 200

  statusCode(): number {
    return this.#status
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 999) throw new WitError(undefined)
    this.#status = status
  }

  take(): { readonly status: number, readonly headers: [string, string][], readonly body: BodySink | undefined } {
    return { status: this.#status, ...this.end() }
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
