/**
 * What one extension uses, over all its instances and all code it ever ran in this page. Everything is counted for the extension and for the
 * subject of the box: a use needs room in both. What it does on behalf of others has half of its rates at most, so that they cannot take all.
 */
import { LimitError } from '../errors.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { FixedLimitName, LimitName, Limits } from '../manifest/limits.ts'
import { Buckets, type RateLimits } from './buckets.ts'
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

/** What the instances of an extension need. */
export interface ServingMeter extends Meter {
  /** May another call begin? @throws {LimitError} rate-limit when it has computed for too long */
  admitCall(): void
  /** For one instance, which stops it at its end. */
  openClock(): CpuClock
  /** As `take`, without an error to report. */
  tryTake(rate: RateName, units: number): boolean
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

export class ExtensionMeter implements ServingMeter {
  readonly #options: MeterOptions
  readonly #buckets: Buckets
  /** What others may take of them. */
  readonly #others: Buckets
  readonly #clocks = new Set<CpuClock>()
  readonly #refused = new Map<LimitName | FixedLimitName, number>()
  #limits: Limits

  constructor(options: MeterOptions) {
    this.#options = options
    this.#limits = options.limits
    this.#buckets = new Buckets(options.limits, options.now)
    this.#others = new Buckets(halved(options.limits), options.now)
  }

  /** New code may have other limits. */
  setLimits(limits: Limits): void {
    this.#limits = limits
    this.#buckets.setLimits(limits)
    this.#others.setLimits(halved(limits))
  }

  /**
   * For what it does on behalf of others: half of each rate, of which nothing that was used beyond it is taken from the other half. Those who
   * wait for it pay as well for what is taken beforehand, so that nobody has more by way of others.
   *
   * @param payers  for whom it works for certain
   */
  forOthers(payers: readonly ExtensionMeter[]): ServingMeter {
    const own: readonly Account[] = [['others', this.#others], ...this.#accounts]
    const all: readonly Account[] = [...own, ...[...new Set(payers)].map((payer): Account => ['caller', payer.#buckets])]
    const take = (rate: RateName, units = 1): void => this.#take(units > 0 ? all : own, rate, units)
    return {
      take,
      tryTake: (rate, units) => succeeds(() => take(rate, units)),
      charge: (rate, units) => {
        this.#countForOthers(rate, units)
        this.#throwIfOverdrawn(own, rate)
      },
      enterHttp: (signal) => this.enterHttp(signal),
      admitCall: () => {
        this.#settleClocks()
        take('cpuMsPerMinute', 0)
      },
      openClock: () => this.#openClock((ms) => this.#countForOthers('cpuMsPerMinute', ms)),
    }
  }

  take(rate: RateName, units = 1): void {
    this.#take(this.#accounts, rate, units)
  }

  tryTake(rate: RateName, units: number): boolean {
    return succeeds(() => this.take(rate, units))
  }

  charge(rate: RateName, units: number): void {
    this.#count(rate, units)
    this.#throwIfOverdrawn(this.#accounts, rate)
  }

  async enterHttp(signal: AbortSignal): Promise<() => void> {
    const { http, key } = this.#options
    const { httpConcurrent } = this.#limits
    if (httpConcurrent < 1) throw this.#refusal({ limit: 'httpConcurrent', owner: 'extension', allowed: 0, waitMs: Infinity })
    if (http.places < 1) throw this.#refusal({ limit: 'httpConcurrent', owner: 'subject', allowed: 0, waitMs: Infinity })
    return http.enter(key, httpConcurrent, signal)
  }

  admitCall(): void {
    this.#settleClocks()
    this.take('cpuMsPerMinute', 0)
  }

  openClock(): CpuClock {
    return this.#openClock((ms) => this.#count('cpuMsPerMinute', ms))
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
  noteRefusal(limit: LimitName | FixedLimitName, times = 1): void {
    this.#refused.set(limit, (this.#refused.get(limit) ?? 0) + times)
  }

  /** In the order in which they are asked. */
  get #accounts(): readonly Account[] {
    const { subject } = this.#options
    return subject === undefined ? [['extension', this.#buckets]] : [['extension', this.#buckets], ['subject', subject]]
  }

  #take(accounts: readonly Account[], rate: RateName, units: number): void {
    const now = this.#options.now()
    for (const [owner, buckets] of accounts) {
      const bucket = buckets.get(rate)
      if (bucket === undefined || bucket.holds(units, now)) continue
      throw this.#refusal({ limit: rate, owner, allowed: bucket.perWindow, waitMs: bucket.waitMs(units, now) })
    }
    for (const [, buckets] of accounts) buckets.get(rate)?.take(units, now)
  }

  #throwIfOverdrawn(accounts: readonly Account[], rate: RateName): void {
    const now = this.#options.now()
    for (const [owner, buckets] of accounts) {
      const bucket = buckets.get(rate)
      if (bucket && bucket.level(now) < 0) throw this.#refusal({ limit: rate, owner, allowed: bucket.perWindow, waitMs: bucket.waitMs(0, now) })
    }
  }

  #count(rate: RateName, units: number): void {
    for (const [, buckets] of this.#accounts) buckets.get(rate)?.charge(units, this.#options.now())
  }

  #countForOthers(rate: RateName, units: number): void {
    const now = this.#options.now()
    const others = this.#others.get(rate)
    const left = others === undefined ? units : Math.max(0, others.level(now))
    others?.charge(units, now)
    this.#buckets.get(rate)?.charge(Math.min(units, left), now)
    this.#options.subject?.get(rate)?.charge(units, now)
  }

  #openClock(charge: (ms: number) => void): CpuClock {
    const clock = new CpuClock({ now: this.#options.now, charge, onStop: () => this.#clocks.delete(clock) })
    this.#clocks.add(clock)
    return clock
  }

  #settleClocks(): void {
    for (const clock of this.#clocks) clock.settle()
  }

  #refusal({ limit, owner, allowed, waitMs }: Refusal): LimitError {
    const who = WHO[owner]
    const what = limit === 'httpConcurrent' ? 'requests at the same time' : RATES[limit].what
    const retry = Number.isFinite(waitMs) ? { retryAfterMs: Math.ceil(waitMs) } : {}
    const hint = retry.retryAfterMs === undefined ? '' : `; try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s`
    return new LimitError('rate-limit', `${who} may have ${allowed} ${what}${hint}.`, { details: { limit, owner, allowed, ...retry } })
  }
}

/** Rates of one owner. */
export function usageOf(buckets: Buckets, now: number, refused: { get(limit: LimitName): number | undefined }): Usage {
  const rates = RATE_NAMES.flatMap((rate) => {
    const bucket = buckets.get(rate)
    if (bucket === undefined) return []
    const used = bucket.perWindow - bucket.level(now)
    return [[rate, { kind: 'rate', used, allowed: bucket.perWindow, windowMs: RATES[rate].windowMs, refused: refused.get(rate) ?? 0 }] as const]
  })
  return Object.fromEntries(rates)
}

const WHO = Object.freeze({
  extension: 'The extension', subject: 'All extensions together',
  others: 'On behalf of others the extension', caller: 'An extension that called',
})
type Owner = keyof typeof WHO
type Account = readonly [owner: Owner, buckets: Pick<Buckets, 'get'>]

/** One use of the smallest rate is not to be halved to none. */
function halved(limits: Limits): RateLimits {
  return Object.fromEntries(RATE_NAMES.map((rate) => [rate, Math.ceil(limits[rate] / 2)]))
}

function succeeds(run: () => void): boolean {
  try {
    run()
    return true
  } catch {
    return false
  }
}

interface Refusal {
  readonly limit: RateName | 'httpConcurrent'
  readonly owner: Owner
  readonly allowed: number
  readonly waitMs: number
}
