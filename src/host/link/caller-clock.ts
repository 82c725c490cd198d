/**
 * The deadline of a call that waits for another extension, as that one's prompts see it: it stands still with them, as long as the caller's own
 * worker answers. Nobody buys time for a loop by having another ask a question.
 */
import type { PendingCall } from '../instance/pending-calls.ts'

type Started = NonNullable<PendingCall['started']>

export class CallerClock {
  readonly #started: Started
  #isAnswered = true

  constructor(started: Started) {
    this.#started = started
  }

  get leftMs(): number {
    return this.#started.deadline.leftMs
  }

  pause(): void {
    const { instance, deadline } = this.#started
    if (!this.#isAnswered) return void this.resume()
    deadline.pause()
    this.#isAnswered = false
    instance.ping().then(() => (this.#isAnswered = true), () => {}) // it ended: so did its call
  }

  /** Returns the ms that the pause took. */
  resume(): number {
    const { instance, deadline } = this.#started
    const pausedMs = deadline.resume()
    if (pausedMs > 0) instance.extend(pausedMs)
    return pausedMs
  }
}
