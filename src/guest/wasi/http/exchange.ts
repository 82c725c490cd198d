/** One request of the page's that the component answers: from the request's head to the response's, and the end of both bodies. */
import { CapabilityFailure } from '../../outward.ts'
import type { WasiContext } from '../context.ts'
import type { BodySink } from './body-sink.ts'
import { describeHttpError } from './error-code.ts'
import { IncomingRequest, ResponseOutparam, type Answer, type RequestHead } from './incoming.ts'
import type { MessageHead } from './message.ts'

/** As the page takes it. */
export interface ResponseHead extends MessageHead {
  readonly status: number
  readonly statusText: string
}

/** https://fetch.spec.whatwg.org/#null-body-status */
const NULL_BODY: readonly number[] = [204, 205, 304]

export class HttpExchange {
  readonly request: IncomingRequest
  readonly outparam: ResponseOutparam
  readonly #context: WasiContext
  readonly #onHead: (head: ResponseHead) => void
  readonly #onError: (error: unknown) => void
  #body: BodySink | undefined
  #held: (() => void) | undefined
  #isAnswered = false

  constructor(
    context: WasiContext, head: RequestHead, on: { readonly head: (head: ResponseHead) => void, readonly error: (error: unknown) => void },
  ) {
    this.#context = context
    this.#onHead = on.head
    this.#onError = on.error
    this.request = new IncomingRequest(context, head)
    this.outparam = new ResponseOutparam(context, (answer) => this.#answer(answer))
  }

  /** The component has returned. A worker that blocks could not tell the page of the answer before. */
  returned(): void {
    this.#held?.()
    this.#held = undefined
  }

  /** The page wants no answer any more: what the guest still writes goes nowhere. */
  abort(): void {
    this.#body?.discard()
  }

  /** The component has returned, or died of `failure`: a body that it did not finish ends now. */
  async end(failure?: string): Promise<void> {
    const body = this.#body
    if (this.#held !== undefined) {
      this.#held = undefined
      return body?.discard() // the page never heard of the answer
    }
    body?.end(new CapabilityFailure('internal', failure ?? 'The body was not finished.'))
    await body?.settled
  }

  #answer(answer: Answer): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    if (answer.tag === 'err') {
      // As what the component's function failed with: no WitError, which is what an import fails with.
      const message = `The component answered with an error: ${describeHttpError(answer.val)}.`
      return this.#onError(Object.assign(new Error(message), { payload: answer.val }))
    }
    const { status, headers, body } = answer.val.take()
    if (body !== undefined && NULL_BODY.includes(status)) body.discard()
    else this.#body = body
    const { outward } = this.#context
    const isLate = outward.waits !== 'jspi'
    const send = (): void => this.#onHead({ status, statusText: '', headers, body: this.#body?.open(outward, isLate) ?? null })
    if (isLate) this.#held = send
    else send()
  }
}
