/**
 * The part of a linked call that is the caller's own doing: that it called with no time left, that it waits no longer than its own calls may take,
 * that there were too many calls. The caller is refused for it, and its log tells; the callee, which may serve others at the same time, is not
 * ended for it, and its share of the log is not spent.
 */
import { LimitError } from '../../errors.ts'
import type { DeadlineSet } from '../call/call.ts'
import { Deadline } from '../instance/deadline.ts'

/** With less nothing is begun that could not end in time. */
export const MIN_LEFT_MS = 50

export interface CallerTimeOptions {
  /** Of those who wait. */
  readonly clocks: readonly { readonly leftMs: number }[]
  /** The caller's own limit, ms. */
  readonly callMs: number
  /** The caller's abort. */
  readonly signal: AbortSignal
}

export class CallerTime {
  /** Aborts when the caller, or its time, is gone. */
  readonly signal: AbortSignal
  readonly #options: CallerTimeOptions
  readonly #late = new AbortController()
  #deadline: Deadline | undefined
  #refusal: LimitError | undefined
  #isEntered = false

  constructor(options: CallerTimeOptions) {
    this.#options = options
    this.signal = AbortSignal.any([options.signal, this.#late.signal])
  }

  /** @throws {LimitError} deadline-exceeded: too little is left */
  check(): void {
    this.#options.signal.throwIfAborted()
    const leftMs = this.#options.clocks.reduce((least, clock) => Math.min(least, clock.leftMs), Infinity)
    if (leftMs < MIN_LEFT_MS) throw this.#refuse('deadline-exceeded', `Less than ${MIN_LEFT_MS} ms are left to those who wait: the other extension was not called.`)
  }

  /**
   * The callee is entered now, which has `calleeMs` by its own limit.
   *
   * @throws {LimitError} deadline-exceeded: too little is left
   */
  enter(calleeMs: number, deadlines: DeadlineSet): void {
    this.check()
    this.#isEntered = true
    const { callMs } = this.#options
    if (callMs >= calleeMs) return
    this.#deadline = new Deadline(callMs, () => {
      this.#late.abort(this.#refuse('deadline-exceeded', `The other extension did not answer within the ${callMs} ms that a call of the caller may take.`))
    })
    deadlines.add(this.#deadline)
  }

  end(deadlines: DeadlineSet): void {
    if (this.#deadline === undefined) return
    this.#deadline.dispose()
    deadlines.delete(this.#deadline)
  }

  /** What the caller is told, where it is the cause. */
  refusalOf(error: unknown): LimitError | undefined {
    if (error === this.#refusal) return this.#refusal
    if (this.#isEntered || !(error instanceof LimitError)) return undefined
    if (error.code === 'queue-full') return this.#refuse('queue-full', 'Too many calls wait for the other extension.')
    const hasWaited = error.code === 'deadline-exceeded' && error.details['limit'] === undefined // with one, the callee did not start in time
    return hasWaited ? this.#refuse('deadline-exceeded', 'No instance of the other extension became free in time.') : undefined
  }

  #refuse(code: 'deadline-exceeded' | 'queue-full', message: string): LimitError {
    this.#refusal = new LimitError(code, message)
    return this.#refusal
  }
}
