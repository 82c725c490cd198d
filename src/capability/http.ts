/**
 * The network, for one granted origin at a time. The request is built from scratch, so that nothing of the page's rides along: no cookies,
 * no referrer, no cache. Everything is counted for the extension as a whole, and ends with its grant, its epoch or its time.
 */
import { LimitError } from '../errors.ts'
import { httpOrigin, parseUrl } from '../manifest/origin.ts'
import { orAbort } from '../util/abort.ts'
import type { SetTimer } from '../util/timer.ts'
import type { Authorization, Capability, CapabilityContext } from './capability.ts'
import { CapabilityError } from './capability.ts'
import { capBody, collectBody } from './http-body.ts'
import { filterResponseHeaders } from './http-headers.ts'
import type { HttpRequest } from './http-request.ts'
import { parseBodyId, parseRequest } from './http-request.ts'
import { authorizeSecrets, sendWithSecrets } from './http-secret.ts'
import type { KnownSecrets } from './known-secrets.ts'
import type { Scrub } from './scrubber.ts'
import type { Secrets } from './secrets.ts'

export interface HttpOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly setTimer: SetTimer
  readonly secrets: Secrets
}

type Bytes = Uint8Array<ArrayBuffer>

/**
 * `http.fetch({url, method, headers, body, redirect})` resolves with `{url, status, statusText, headers, redirected, body}`; both bodies are
 * ids of streams or null. GET and HEAD need `http:read`, all else `http:write`. Without the grant's leave a redirect is an error.
 */
export function createHttpCapability(options: HttpOptions): Capability {
  return { name: 'http', methods: new Map([['http.fetch', (args, context) => fetchFor(args, context, options)]]) }
}

async function fetchFor(args: readonly unknown[], context: CapabilityContext, options: HttpOptions): Promise<unknown> {
  const bodyId = parseBodyId(args)
  const upload = bodyId === null ? undefined : context.receiveStream(bodyId)
  try {
    const request = parseRequest(args)
    const { origin, method, url: { pathname: path } } = request
    // A refusal's row names the host, which may hold what the guest knows: that must be known here by then.
    await orAbort(options.secrets.knownTo(context), context.signal)
    const authorization = await context.authorize(request.permission, { kind: 'http', origin, method, path })
    context.meter.take('httpBytesPerMinute', 0)
    context.meter.take('httpPerMinute')
    const signals = await authorizeSecrets(request.secrets, context)
    return await new Exchange({ context, authorization, options, signals }).run(request, upload)
  } finally {
    // The guest must not go on sending what nobody reads; a body that was collected is locked, and over.
    if (upload !== undefined && !upload.locked) void upload.cancel().catch(() => undefined)
  }
}

interface ExchangeParts {
  readonly context: CapabilityContext
  readonly authorization: Authorization
  readonly options: HttpOptions
  /** Of grants behind it, besides the authorization's. */
  readonly signals: readonly AbortSignal[]
}

/** One request until its response's last byte. Everything that can end it early meets in one signal. */
class Exchange {
  readonly #context: CapabilityContext
  readonly #authorization: Authorization
  readonly #fetch: HttpOptions['fetch']
  readonly #secrets: Secrets
  readonly #controller = new AbortController()
  readonly #teardowns: (() => void)[] = []

  constructor({ context, authorization, options, signals }: ExchangeParts) {
    const { fetch, setTimer, secrets } = options
    this.#context = context
    this.#authorization = authorization
    this.#fetch = fetch
    this.#secrets = secrets
    const { httpMs } = context.limits
    const late = new LimitError('deadline-exceeded', `The exchange took longer than ${httpMs} ms.`, { details: { limit: 'httpMs', httpMs } })
    this.#teardowns.push(setTimer(() => this.#controller.abort(late), httpMs))
    for (const signal of [context.signal, authorization.signal, ...signals]) this.#follow(signal)
  }

  async run(request: HttpRequest, upload: ReadableStream<Bytes> | undefined): Promise<unknown> {
    const { signal } = this.#controller
    const { limits, meter } = this.#context
    try {
      this.#teardowns.push(await meter.enterHttp(signal))
      const body = upload === undefined ? undefined : await collectBody(upload, limits.httpBodyBytes, signal)
      meter.take('httpSentBytesPerMinute', headBytes(request) + (body?.byteLength ?? 0))
      const known = (): Promise<KnownSecrets> => orAbort(this.#secrets.knownTo(this.#context), signal)
      await known() // what could not be taken out of the answer is not asked for
      const response = await orAbort(this.#sendWithSecrets(request, body), signal)
      const scrub = (await known()).of(request.origin, this.#checkFinalUrl(response, request))
      return { ...describe(response, request, scrub), body: this.#sendBody(response, request, scrub) }
    } catch (error) {
      this.#end(error)
      throw signal.aborted && signal.reason !== error ? signal.reason : error
    }
  }

  #sendWithSecrets(request: HttpRequest, body: Bytes | undefined): Promise<Response> {
    return sendWithSecrets({ ...request, names: request.secrets }, this.#context, this.#secrets, (headers) => this.#send({ ...request, headers }, body))
  }

  async #send(request: HttpRequest, body: Bytes | undefined): Promise<Response> {
    const { signal } = this.#controller
    signal.throwIfAborted()
    const follows = request.followsRedirects && this.#authorization.redirects
    try {
      const response = this.#fetch(request.url.href, {
        method: request.method, headers: new Headers(request.headers.map(([name, value]) => [name, value])), ...(body && { body }), signal,
        mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: follows ? 'follow' : 'error',
      })
      return await answerOrAbort(response, signal)
    } catch (cause) {
      throw signal.aborted ? signal.reason : networkError(cause, follows)
    }
  }

  /** The target of a followed redirect has seen the request already; its answer must not reach the guest unless it is granted. Gives its origin. */
  #checkFinalUrl(response: Response, request: HttpRequest): string {
    const isOpaque = response.type === 'opaque' || response.type === 'opaqueredirect' || response.type === 'error'
    const final = response.url === '' && !response.redirected ? request.url : parseUrl(response.url)
    const origin = final && httpOrigin(final)
    const { method } = request
    if (!isOpaque && final && origin !== undefined && this.#authorization.covers({ kind: 'http', origin, method, path: final.pathname })) return origin
    void response.body?.cancel().catch(() => undefined)
    // Nothing is covered any more once the grant is gone: that is the better thing to say.
    this.#controller.signal.throwIfAborted()
    throw new CapabilityError('redirect-refused', `${request.origin} redirected to ${origin ?? 'another place'}, which is not granted.`)
  }

  #sendBody(response: Response, request: HttpRequest, scrub: Scrub | undefined): number | null {
    if (response.body === null || request.method === 'HEAD') {
      this.#end()
      return null
    }
    const { limits, meter } = this.#context
    const capped = capBody(scrub?.stream(response.body) ?? response.body, {
      maxBytes: limits.httpBodyBytes,
      count: (bytes) => meter.charge('httpBytesPerMinute', bytes),
      waiting: () => this.#context.waiting(),
      signal: this.#controller.signal,
      toError: (cause) => networkError(cause, false),
      onEnd: () => this.#end(),
    })
    try {
      return this.#context.sendStream(capped)
    } catch (error) {
      void capped.cancel(error).catch(() => undefined)
      throw error
    }
  }

  #follow(signal: AbortSignal): void {
    const abort = (): void => this.#controller.abort(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    this.#teardowns.push(() => signal.removeEventListener('abort', abort))
  }

  /** Gives everything back, and stops the transfer where one goes on. Idempotent. */
  #end(reason: unknown = new CapabilityError('network-failed', 'The exchange is over.')): void {
    for (const teardown of this.#teardowns.splice(0)) teardown()
    this.#controller.abort(reason)
  }
}

/** What leaves beside a body, as the guest made it (no secrets): a URL carries data as well. */
function headBytes({ url, headers }: HttpRequest): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, url.href.length)
}

/** A fetch that is given to us may not heed its signal: what comes late is cancelled. */
function answerOrAbort(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  answer.then(({ body }) => {
    if (signal.aborted) void body?.cancel().catch(() => undefined)
  }, () => undefined)
  return orAbort(answer, signal)
}

/** Scrubbed before anything is cut off: a part of a secret is not found any more. */
function describe(response: Response, request: HttpRequest, scrub: Scrub | undefined): Record<string, unknown> {
  const { status, redirected } = response
  const clean = (text: string): string => scrub?.text(text) ?? text
  const url = clean(response.url === '' ? request.url.href : response.url)
  const headers = [...response.headers].map(([name, value]) => [clean(name), clean(value)] as const)
  const statusText = clean(response.statusText).slice(0, 512)
  return { url: url.slice(0, 8192), status, statusText, headers: filterResponseHeaders(headers), redirected }
}

/** Engines tell the page no more than "failed", and a guest is told no more than the page. */
function networkError(cause: unknown, follows: boolean): CapabilityError {
  const redirect = follows ? '' : ', or the server redirected (which this grant does not allow)'
  return new CapabilityError('network-failed', `The request failed: no connection, no CORS answer for this page${redirect}.`, { cause })
}
