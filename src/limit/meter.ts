/**
 * What one extension uses, over all its instances and all code it ever ran in this page. Everything is counted for the extension and for the
 * subject of the box: a use needs room in both.
 */
import { LimitError } from '../errors.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { LimitName, Limits } from '../manifest/limits.ts'
import { Buckets } from './buckets.ts'
import { CpuClock } from './cpu-clock.ts'
import type { FairQueue } from './fair-queue.ts'
import { RATE_NAMES, type RateName, RATES } from './rate.ts'
import type { LimitUsage, Usage } from './usage.ts'

/** What a capability sees of it. */
export interface Meter {
  /** Takes `units` (default 1; 0: only asks that the bucket is not overdrawn). @throws {LimitError} rate-limit: nothing was taken */
  take(rate: RateName, units?: number): void
  /** Counts what was used already. @throws {LimitError} rate-limit when that was more than there was */
  charge(rate: RateName, units: number): void
  /**
   * Waits for a place among the HTTP exchanges of all extensions. Resolves with the function that gives it back, to be called once or more.
   *
   * @throws {LimitError} rate-limit when there are no places at all; or the signal's reason
   */
  enterHttp(signal: AbortSignal): Promise<() => void>
}

export interface MeterOptions {
  readonly key: ExtensionKey
  readonly limits: Limits
  /** The subject's, shared by all extensions; undefined: no subject. */
  readonly subject: Buckets | undefined
  /** Places for HTTP exchanges, shared by all extensions. */
  readonly http: FairQueue<ExtensionKey>
  /** ms, monotonic; the one of `subject`. */
  readonly now: () => number
}

export class ExtensionMeter implements Meter {
  readonly #options: MeterOptions
  readonly #buckets: Buckets
  readonly #clocks = new Set<CpuClock>()
  readonly #refused = new Map<LimitName, number>()
  #limits: Limits

  constructor(options: MeterOptions) {
    this.#options = options
    this.#limits = options.limits
    this.#buckets = new Buckets(options.limits, options.now)
  }

  /** New code may have other limits. */
  setLimits(limits: Limits): void {
    this.#limits = limits
    this.#buckets.setLimits(limits)
  }

  take(rate: RateName, units = 1): void {
    const now = this.#options.now()
    for (const owner of OWNERS) {
      const bucket = this.#of(owner).get(rate)
      if (bucket === undefined || bucket.holds(units, now)) continue
      throw this.#refusal({ limit: rate, owner, allowed: bucket.perWindow, waitMs: bucket.waitMs(units, now) })
    }
    for (const owner of OWNERS) this.#of(owner).get(rate)?.take(units, now)
  }

  /** As `take`, without an error to report. */
  tryTake(rate: RateName, units: number): boolean {
    try {
      this.take(rate, units)
      return true
    } catch {
      return false
    }
  }

  charge(rate: RateName, units: number): void {
    const now = this.#options.now()
    this.#count(rate, units)
    for (const owner of OWNERS) {
      const bucket = this.#of(owner).get(rate)
      if (bucket && bucket.level(now) < 0) throw this.#refusal({ limit: rate, owner, allowed: bucket.perWindow, waitMs: bucket.waitMs(0, now) })
    }
  }

  async enterHttp(signal: AbortSignal): Promise<() => void> {
    const { http, key } = this.#options
    const { httpConcurrent } = this.#limits
    if (httpConcurrent < 1) throw this.#refusal({ limit: 'httpConcurrent', owner: 'extension', allowed: 0, waitMs: Infinity })
    if (http.places < 1) throw this.#refusal({ limit: 'httpConcurrent', owner: 'subject', allowed: 0, waitMs: Infinity })
    return http.enter(key, httpConcurrent, signal)
  }

  /** May another call begin? @throws {LimitError} rate-limit when it has computed for too long */
  admitCall(): void {
    this.#settleClocks()
    this.take('cpuMsPerMinute', 0)
  }

  /** For one instance, which stops it at its end. */
  openClock(): CpuClock {
    const clock = new CpuClock({
      now: this.#options.now,
      charge: (ms) => this.#count('cpuMsPerMinute', ms),
      onStop: () => this.#clocks.delete(clock),
    })
    this.#clocks.add(clock)
    return clock
  }

  /** What it knows itself: rates, and HTTP exchanges at the same time. */
  usage(): Usage {
    this.#settleClocks()
    const { http, key } = this.#options
    return {
      ...usageOf(this.#buckets, this.#options.now(), this.#refused),
      httpConcurrent: this.level('httpConcurrent', http.activeOf(key)),
    }
  }

  /** A level that somebody else knows, with what is known here. */
  level(limit: LimitName, used: number): LimitUsage {
    return { kind: 'level', used, allowed: this.#limits[limit], windowMs: undefined, refused: this.#refused.get(limit) ?? 0 }
  }

  /** A use was refused for this limit, and its user was told. */
  noteRefusal(limit: LimitName, times = 1): void {
    this.#refused.set(limit, (this.#refused.get(limit) ?? 0) + times)
  }

  #of(owner: Owner): Pick<Buckets, 'get'> {
    return owner === 'extension' ? this.#buckets : this.#options.subject ?? UNLIMITED
  }

  #count(rate: RateName, units: number): void {
    for (const owner of OWNERS) this.#of(owner).get(rate)?.charge(units, this.#options.now())
  }

  #settleClocks(): void {
    for (const clock of this.#clocks) clock.settle()
  }

  #refusal({ limit, owner, allowed, waitMs }: Refusal): LimitError {
    const who = owner === 'extension' ? 'The extension' : 'All extensions together'
    const what = limit === 'httpConcurrent' ? 'requests at the same time' : RATES[limit].what
    const retry = Number.isFinite(waitMs) ? { retryAfterMs: Math.ceil(waitMs) } : {}
    const hint = retry.retryAfterMs === undefined ? '' : `; try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s`
    return new LimitError('rate-limit', `${who} may have ${allowed} ${what}${hint}.`, { details: { limit, owner, allowed, ...retry } })
  }
}

/** Rates of one owner. */
export function usageOf(buckets: Buckets, now: number, refused: ReadonlyMap<LimitName, number>): Usage {
  const rates = RATE_NAMES.flatMap((rate) => {
    const bucket = buckets.get(rate)
    if (bucket === undefined) return []
    const used = bucket.perWindow - bucket.level(now)
    return [[rate, { kind: 'rate', used, allowed: bucket.perWindow, windowMs: RATES[rate].windowMs, refused: refused.get(rate) ?? 0 }] as const]
  })
  return Object.fromEntries(rates)
}

/** In the order in which they are asked. */
const OWNERS = ['extension', 'subject'] as const
type Owner = (typeof OWNERS)[number]
const UNLIMITED: Pick<Buckets, 'get'> = { get: () => undefined }

interface Refusal {
  readonly limit: RateName | 'httpConcurrent'
  readonly owner: Owner
  readonly allowed: number
  readonly waitMs: number
}
