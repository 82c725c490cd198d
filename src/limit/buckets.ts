/** The buckets of one owner (an extension, or the subject of all extensions of a box), each made when it is first needed. */
import type { Limits } from '../manifest/limits.ts'
import { TokenBucket } from '../util/token-bucket.ts'
import { type RateName, RATES } from './rate.ts'

export type RateLimits = Partial<Pick<Limits, RateName>>

export class Buckets {
  readonly #now: () => number
  readonly #buckets = new Map<RateName, TokenBucket>()
  #limits: RateLimits

  /** @param limits  a rate that is missing is not limited */
  constructor(limits: RateLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** Undefined where nothing is limited. */
  get(rate: RateName): TokenBucket | undefined {
    const perWindow = this.#limits[rate]
    if (perWindow === undefined) return undefined
    const bucket = this.#buckets.get(rate) ?? new TokenBucket(perWindow, RATES[rate].windowMs, this.#now())
    this.#buckets.set(rate, bucket)
    return bucket
  }

  /** New code may have other limits; what was used stays used, so that an update refills nothing. */
  setLimits(limits: RateLimits): void {
    this.#limits = limits
    for (const [rate, bucket] of this.#buckets) {
      const perWindow = limits[rate]
      if (perWindow === undefined) this.#buckets.delete(rate)
      else if (perWindow !== bucket.perWindow) bucket.resize(perWindow, this.#now())
    }
  }
}
