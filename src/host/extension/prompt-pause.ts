/**
 * Stops the clocks of an extension's calls while a person reads a prompt, but only as long as its worker answers: a guest must not buy
 * time for a loop by asking a question.
 */
import type { DeadlineSet } from '../call/call.ts'
import type { Instance } from '../instance/instance.ts'

const PING_MS = 250

export class PromptPause {
  readonly #deadlines: DeadlineSet
  readonly #instances: () => readonly Instance[]
  /** Prompts and the browser's own choosers: each may be open beside another. */
  #open = 0
  #isDisposed = false
  #timer: ReturnType<typeof setInterval> | undefined
  #isAnswered = true

  constructor(deadlines: DeadlineSet, instances: () => readonly Instance[]) {
    this.#deadlines = deadlines
    this.#instances = instances
  }

  open(): void {
    if (this.#isDisposed) return
    this.#open += 1
    if (this.#open > 1) return
    this.#isAnswered = true
    this.#timer = setInterval(() => this.#beat(), PING_MS)
    this.#beat()
  }

  /** Once for each `open`; of an extension that was replaced meanwhile it may come without one. */
  close(): void {
    if (this.#open === 0) return
    this.#open -= 1
    if (this.#open === 0) this.#stop()
  }

  dispose(): void {
    this.#isDisposed = true
    this.#open = 0
    this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#resume()
  }

  #beat(): void {
    if (!this.#isAnswered) return this.#resume()
    for (const deadline of this.#deadlines) deadline.pause()
    this.#isAnswered = false
    Promise.all(this.#instances().map((instance) => instance.ping())).then(
      () => (this.#isAnswered = true),
      () => {}, // an instance ended: its calls have settled
    )
  }

  #resume(): void {
    let pausedMs = 0
    for (const deadline of this.#deadlines) pausedMs = Math.max(pausedMs, deadline.resume())
    if (pausedMs > 0) for (const instance of this.#instances()) instance.extend(pausedMs)
  }
}
