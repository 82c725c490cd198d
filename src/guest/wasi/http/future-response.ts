/** `future-incoming-response` and `incoming-response` of wasi:http/types 0.2: a request under way, and what came of it. */
import { attempt, isPromise, type MaybePromise } from '../../wait/maybe.ts'
import type { WasiContext } from '../context.ts'
import { Pollable, type Waitable } from '../poll.ts'
import { GLUE_DISPOSE, Resource } from '../resource.ts'
import { toHttpError, type HttpError } from './error-code.ts'
import { IncomingMessage, type MessageHead } from './message.ts'

type Outcome = { readonly tag: 'ok', readonly val: IncomingResponse } | { readonly tag: 'err', readonly val: HttpError }

export interface Sending {
  /** Asks the host; called once. */
  readonly send: () => MaybePromise<unknown>
  readonly timeoutMs: number | undefined
}

export class FutureIncomingResponse extends Resource implements Waitable {
  readonly #context: WasiContext
  readonly #sending: Sending
  readonly #dueAt: number
  #isStarted = false
  #pending: Promise<void> | undefined
  #outcome: Outcome | undefined
  #isTaken = false

  constructor(context: WasiContext, sending: Sending) {
    super(context.resources)
    this.#context = context
    this.#sending = sending
    this.#dueAt = sending.timeoutMs === undefined ? Infinity : context.now() + sending.timeoutMs
  }

  /** Sends the request, if that has not happened. Where the worker blocks, this is where it does. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    const settled = attempt(this.#sending.send, (answer) => this.#receive(answer), (error) => this.#settle({ tag: 'err', val: toHttpError(error) }))
    this.#pending = isPromise(settled) ? settled : undefined
  }

  subscribe(): Pollable {
    return new Pollable(this.#context.resources, this)
  }

  get(): unknown {
    if (!this.isReady()) return undefined
    if (this.#isTaken) return { tag: 'err', val: undefined }
    this.#isTaken = true
    return { tag: 'ok', val: this.#outcome }
  }

  isReady(): boolean {
    this.start()
    if (this.#outcome === undefined && this.#context.now() >= this.#dueAt) this.#settle({ tag: 'err', val: { tag: 'connection-timeout' } })
    return this.#outcome !== undefined
  }

  wait(): MaybePromise<void> {
    this.start()
    const pending = this.#outcome === undefined ? this.#pending : undefined
    if (pending === undefined || this.#dueAt === Infinity) return pending
    return Promise.race([pending, Promise.resolve(this.#context.outward.sleep(Math.max(0, this.#dueAt - this.#context.now())))])
  }

  protected override onDispose(): void {
    if (this.#outcome?.tag === 'ok' && !this.#isTaken) this.#outcome.val[GLUE_DISPOSE]()
  }

  /** An answer that comes too late has a body that nobody will read. */
  #receive(answer: unknown): void {
    const head = parseAnswer(answer)
    if (head === undefined) return this.#settle({ tag: 'err', val: { tag: 'HTTP-protocol-error' } })
    if (this.isOpen && this.#outcome === undefined) return this.#settle({ tag: 'ok', val: new IncomingResponse(this.#context, head) })
    if (head.body !== null) this.#context.outward.acceptStream(head.body).cancel()
  }

  #settle(outcome: Outcome): void {
    this.#outcome ??= outcome
  }
}

interface ResponseHead extends MessageHead {
  readonly status: number
}

export class IncomingResponse extends IncomingMessage {
  readonly #status: number

  constructor(context: WasiContext, head: ResponseHead) {
    super(context, head)
    this.#status = head.status
  }

  status(): number {
    return this.#status
  }
}

function parseAnswer(answer: unknown): ResponseHead | undefined {
  const { status, headers, body } = Object(answer) as Readonly<Record<string, unknown>> // read as unknown
  if (typeof status !== 'number' || !Array.isArray(headers) || (body !== null && typeof body !== 'number')) return undefined
  return { status, body, headers: headers.map((pair: readonly unknown[]) => [String(pair[0]), String(pair[1])] as const) }
}
