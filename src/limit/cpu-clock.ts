/**
 * How long one instance computed, by the page's clock and without asking the worker: while a call is in flight and no capability call of the
 * instance waits for an answer. A guest that sleeps in a call is charged for it; one that computes beside an open capability call, or in timers,
 * only where it gives no sign of life meanwhile.
 */

export interface CpuClockOptions {
  /** ms, monotonic. */
  readonly now: () => number
  readonly charge: (ms: number) => void
  readonly onStop: () => void
}

/** A reply may take this long without the guest's doing: the page itself was busy. */
const SILENCE_MS = 50

export class CpuClock {
  readonly #options: CpuClockOptions
  #calls = 0
  #waits = 0
  /** Since when it counts; undefined: it stands still. */
  #since: number | undefined
  #isStopped = false

  constructor(options: CpuClockOptions) {
    this.#options = options
  }

  /** A call of an export, or a start, began; returns its end, to be called once. */
  call(): () => void {
    this.#change(() => this.#calls++)
    return () => this.#change(() => this.#calls--)
  }

  /** A capability call began; returns its end, to be called once. */
  wait(): () => void {
    this.#change(() => this.#waits++)
    return () => this.#change(() => this.#waits--)
  }

  /** The worker answered a sign of life after `ms`: what is not charged as a call is charged so. */
  answered(ms: number): void {
    if (!this.#isStopped && this.#since === undefined && ms >= SILENCE_MS) this.#options.charge(ms)
  }

  /** Charges what was counted until now. */
  settle(): void {
    if (this.#since === undefined) return
    const now = this.#options.now()
    this.#options.charge(now - this.#since)
    this.#since = now
  }

  /** The instance ended. Idempotent. */
  stop(): void {
    if (this.#isStopped) return
    this.settle()
    this.#isStopped = true
    this.#since = undefined
    this.#options.onStop()
  }

  #change(apply: () => void): void {
    this.settle()
    apply()
    const isCounting = !this.#isStopped && this.#calls > 0 && this.#waits === 0
    this.#since = isCounting ? this.#since ?? this.#options.now() : undefined
  }
}
