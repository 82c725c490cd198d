/**
 * Notices a worker that is stuck outside a call's own deadline (a timer callback that loops): asks for a sign of life and tells when none
 * came for `turnMs`. It sees what the VM's interrupt cannot: loops inside native builtins.
 */

export interface HeartbeatOptions {
  readonly ping: () => Promise<unknown>
  /** Longest silence, ms. */
  readonly turnMs: number
  /** While true silence is somebody else's business: a call with a deadline of its own is running. */
  readonly isExcused: () => boolean
  /** Called at most once. */
  readonly onSilence: () => void
}

/** After a page slept, timers run before the messages that waited: silence is believed only when it lasts this much longer. */
const SECOND_LOOK_MS = 50

export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #interval: ReturnType<typeof setInterval>
  #secondLook: ReturnType<typeof setTimeout> | undefined
  #askedAt: number | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#interval = setInterval(() => this.#beat(), Math.min(1000, Math.max(25, options.turnMs / 4)))
  }

  dispose(): void {
    clearInterval(this.#interval)
    clearTimeout(this.#secondLook)
  }

  #beat(): void {
    const now = performance.now()
    if (this.#askedAt === undefined) return this.#ask(now)
    if (this.#options.isExcused()) this.#askedAt = now
    else if (now - this.#askedAt >= this.#options.turnMs) this.#secondLook ??= setTimeout(() => this.#conclude(), SECOND_LOOK_MS)
  }

  #ask(now: number): void {
    this.#askedAt = now
    const answered = (): void => {
      this.#askedAt = undefined
      clearTimeout(this.#secondLook)
      this.#secondLook = undefined
    }
    this.#options.ping().then(answered, () => this.dispose())
  }

  #conclude(): void {
    this.#secondLook = undefined
    if (this.#askedAt === undefined || this.#options.isExcused()) return
    this.dispose()
    this.#options.onSilence()
  }
}
