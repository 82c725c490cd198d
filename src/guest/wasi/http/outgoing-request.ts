/** `outgoing-request` and `request-options` of wasi:http/types 0.2. */
import type { WasiContext } from '../context.ts'
import { Resource } from '../resource.ts'
import { WitError } from '../wit-error.ts'
import type { BodySink } from './body-sink.ts'
import { OutgoingMessage } from './message.ts'
import { isAuthority, isPath, parseMethod, parseScheme, toMethod, toScheme, type Variant } from './request-line.ts'

export interface SentRequest {
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: BodySink | undefined
}

export class OutgoingRequest extends OutgoingMessage {
  #method = 'GET'
  #path: string | undefined
  #scheme: string | undefined
  #authority: string | undefined

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

  take(): SentRequest {
    return { method: this.#method, scheme: this.#scheme ?? 'https', authority: this.#authority ?? '', path: this.#path ?? '/', ...this.end() }
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
