/** `outgoing-request` and `request-options` of wasi:http/types 0.2. */
import type { WasiContext } from '../context.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import { BodySink } from './body-sink.ts'
import { OutgoingBody } from './body.ts'
import type { Fields } from './fields.ts'
import { isAuthority, isPath, parseMethod, parseScheme, toMethod, toScheme, type Variant } from './message.ts'

export interface SentRequest {
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: BodySink | undefined
}

export class OutgoingRequest extends Resource {
  readonly #context: WasiContext
  readonly #headers: Fields
  #method = 'GET'
  #path: string | undefined
  #scheme: string | undefined
  #authority: string | undefined
  #body: BodySink | undefined

  /** Owns `headers`. */
  constructor(context: WasiContext, headers: Fields) {
    super(context.resources)
    this.#context = context
    this.#headers = headers
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw new WitError(undefined)
    this.#body = new BodySink()
    return new OutgoingBody(this.#context, this.#body)
  }

  method(): Variant {
    return toMethod(this.#method)
  }

  setMethod(method: Variant): void {
    this.#method = parseMethod(method) ?? refuse()
  }

  pathWithQuery(): string | undefined {
    return this.#path
  }

  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined && !isPath(path)) refuse()
    this.#path = path
  }

  scheme(): Variant | undefined {
    return this.#scheme === undefined ? undefined : toScheme(this.#scheme)
  }

  setScheme(scheme: Variant | undefined): void {
    this.#scheme = scheme === undefined ? undefined : (parseScheme(scheme) ?? refuse())
  }

  authority(): string | undefined {
    return this.#authority
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && !isAuthority(authority)) refuse()
    this.#authority = authority
  }

  headers(): Fields {
    return this.#headers.view()
  }

  /** For sending; ends the resource. */
  take(): SentRequest {
    const parts = {
      method: this.#method, scheme: this.#scheme ?? 'https', authority: this.#authority ?? '', path: this.#path ?? '/',
      headers: this.#headers.toList(), body: this.#body,
    }
    this.#body = undefined
    this[GLUE_DISPOSE]()
    return parts
  }

  protected override onDispose(): void {
    this.#headers[GLUE_DISPOSE]()
    this.#body?.discard()
  }
}

const NS_PER_MS = 1_000_000

export class RequestOptions extends Resource {
  #connect: bigint | undefined
  #firstByte: bigint | undefined

  constructor(context: WasiContext) {
    super(context.resources)
  }

  connectTimeout(): bigint | undefined {
    return this.#connect
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration
  }

  betweenBytesTimeout(): bigint | undefined {
    return undefined
  }

  /** The host limits the whole exchange, and nothing between bytes. */
  setBetweenBytesTimeout(duration: bigint | undefined): void {
    if (duration !== undefined) refuse()
  }

  /** Until the response's head is there; undefined: the host's own limit. */
  get timeoutMs(): number | undefined {
    if (this.#connect === undefined && this.#firstByte === undefined) return undefined
    return (Number(this.#connect ?? 0n) + Number(this.#firstByte ?? 0n)) / NS_PER_MS
  }
}

function refuse(): never {
  throw new WitError(undefined)
}
