/** What a log line costs beside its characters: empty ones are work too. */
export const LINE_COST = 32

/** A rate limit: at most `perWindow` units in any window, refilled evenly. No timers: it counts when it is asked. */
export class TokenBucket {
  readonly #perWindow: number
  readonly #windowMs: number
  #tokens: number
  #last: number

  /** @param now  ms, any monotonic clock; the same one for every call */
  constructor(perWindow: number, windowMs: number, now: number) {
    this.#perWindow = perWindow
    this.#windowMs = windowMs
    this.#tokens = perWindow
    this.#last = now
  }

  /** Takes `units` when they are there; takes nothing otherwise. */
  take(units: number, now: number): boolean {
    const since = Math.max(0, now - this.#last)
    this.#tokens = Math.min(this.#perWindow, this.#tokens + (since / this.#windowMs) * this.#perWindow)
    // A clock that went back must not pay for the same time twice.
    this.#last = Math.max(this.#last, now)
    // Written so that NaN is refused: once it were in the count, everything would pass.
    if (!(units >= 0 && units <= this.#tokens)) return false
    this.#tokens -= units
    return true
  }
}
