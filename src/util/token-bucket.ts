/** What a log line costs beside its characters: empty ones are work too. */
export const LINE_COST = 32

/** A rate limit: `perWindow` units at once, refilled evenly over the window. No timers: it counts when it is asked. */
export class TokenBucket {
  readonly #windowMs: number
  #perWindow: number
  #tokens: number
  #last: number

  /** @param now  ms, any monotonic clock; the same one for every call */
  constructor(perWindow: number, windowMs: number, now: number) {
    this.#perWindow = perWindow
    this.#windowMs = windowMs
    this.#tokens = perWindow
    this.#last = now
  }

  get perWindow(): number {
    return this.#perWindow
  }

  /** Units that are there; below 0 after a `charge` of more than there were. */
  level(now: number): number {
    const since = Math.max(0, now - this.#last)
    this.#tokens = Math.min(this.#perWindow, this.#tokens + (since / this.#windowMs) * this.#perWindow)
    // A clock that went back must not pay for the same time twice.
    this.#last = Math.max(this.#last, now)
    return this.#tokens
  }

  /** Written so that NaN is refused: once it were in the count, everything would pass. */
  holds(units: number, now: number): boolean {
    return units >= 0 && units <= this.level(now)
  }

  /** Takes `units` when they are there; takes nothing otherwise. */
  take(units: number, now: number): boolean {
    if (!this.holds(units, now)) return false
    this.#tokens -= units
    return true
  }

  /** Takes what was used already, also beyond what is there: nothing more is given until that is refilled. */
  charge(units: number, now: number): void {
    if (units > 0) this.#tokens = this.level(now) - units
  }

  /** Ms until `units` are there; Infinity when they never will be. */
  waitMs(units: number, now: number): number {
    const missing = units - this.level(now)
    if (missing <= 0) return 0
    return units > this.#perWindow ? Infinity : (missing / this.#perWindow) * this.#windowMs
  }

  /** Another size; what was used stays used. */
  resize(perWindow: number, now: number): void {
    this.#tokens = perWindow - (this.#perWindow - this.level(now))
    this.#perWindow = perWindow
  }
}
