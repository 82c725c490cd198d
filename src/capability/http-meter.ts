/**
 * How much one extension uses the network: requests and bytes over the last minute, and exchanges at the same time. Kept by
 * extension, not by instance: many instances share one allowance.
 */
import { LimitError } from '../errors.ts'
import type { Limits } from '../manifest/limits.ts'

const WINDOW_MS = 60_000
/** Amounts of one second are kept as one, so that a window holds at most 61 of them. */
const GRAIN_MS = 1000

/** The sum over the last minute, to a second. */
class SlidingSum {
  readonly #amounts = new Map<number, number>()

  total(now: number): number {
    let total = 0
    for (const [grain, amount] of this.#amounts) {
      if (grain * GRAIN_MS <= now - WINDOW_MS - GRAIN_MS) this.#amounts.delete(grain)
      else total += amount
    }
    return total
  }

  add(now: number, amount: number): void {
    const grain = Math.floor(now / GRAIN_MS)
    this.#amounts.set(grain, (this.#amounts.get(grain) ?? 0) + amount)
  }
}

export class HttpMeter {
  readonly #now: () => number
  readonly #requests = new SlidingSum()
  readonly #bytes = new SlidingSum()
  readonly #waiting: (() => void)[] = []
  #active = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Nothing to remember: the meter may be dropped. */
  get isIdle(): boolean {
    return this.#active === 0 && this.#waiting.length === 0 && this.#requests.total(this.#now()) === 0 && this.#bytes.total(this.#now()) === 0
  }

  /** @throws {LimitError} rate-limit */
  countRequest(limits: Limits): void {
    if (this.#requests.total(this.#now()) >= limits.httpPerMinute) throw rateError('requests', limits.httpPerMinute)
    this.#requests.add(this.#now(), 1)
  }

  /** @throws {LimitError} rate-limit when these bytes go beyond the minute's allowance */
  countBytes(bytes: number, limits: Limits): void {
    this.#bytes.add(this.#now(), bytes)
    if (this.#bytes.total(this.#now()) > limits.httpBytesPerMinute) throw rateError('bytes received', limits.httpBytesPerMinute)
  }

  /**
   * Waits for one of the places for exchanges at the same time, first come first served. Resolves with the function that gives it back,
   * to be called once or more. Rejects with the signal's reason.
   *
   * @throws {LimitError} rate-limit when there are no places at all
   */
  async enter(limits: Limits, signal: AbortSignal): Promise<() => void> {
    if (limits.httpConcurrent < 1) throw rateError('requests at the same time', 0)
    while (this.#active >= limits.httpConcurrent) await this.#turn(signal)
    if (signal.aborted) {
      // The place that woke this one is still free: to the next.
      this.#waiting.shift()?.()
      throw signal.reason
    }
    this.#active++
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#active--
      this.#waiting.shift()?.()
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        const place = this.#waiting.indexOf(go)
        if (place >= 0) this.#waiting.splice(place, 1)
        reject(signal.reason)
      }
      if (signal.aborted) return reject(signal.reason)
      this.#waiting.push(go)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}

function rateError(what: string, allowed: number): LimitError {
  const per = what === 'requests at the same time' ? '' : ' a minute'
  return new LimitError('rate-limit', `More than ${allowed} ${what}${per}; try again later.`, { details: { allowed } })
}
