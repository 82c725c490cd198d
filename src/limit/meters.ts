/**
 * The meters of a box: one for each extension, kept until it is uninstalled so that neither a restart nor an update refills a bucket, and what
 * they share: the subject's buckets, and the places for HTTP exchanges and for work on the store.
 */
import type { ExtensionKey } from '../manifest/identity.ts'
import type { LimitName, Limits } from '../manifest/limits.ts'
import { Buckets } from './buckets.ts'
import { FairQueue } from './fair-queue.ts'
import { ExtensionMeter, usageOf } from './meter.ts'
import type { SubjectLimits } from './subject.ts'
import type { LimitUsage, Usage } from './usage.ts'

/** HTTP exchanges of all extensions at the same time, where the subject's limits say nothing: browsers have more connections, but not endlessly. */
const HTTP_PLACES = 64
/** Transactions that wait in the database behind each other: enough to keep it busy, few enough that a newcomer's turn comes soon. */
const STORE_PLACES = 8

export interface MetersOptions {
  /** ms, monotonic. */
  readonly now: () => number
  readonly subject: SubjectLimits | undefined
}

export class Meters {
  /** Places for work on the store. */
  readonly store = new FairQueue<ExtensionKey>(STORE_PLACES)
  readonly #options: MetersOptions
  readonly #subject: Buckets | undefined
  readonly #http: FairQueue<ExtensionKey>
  readonly #meters = new Map<ExtensionKey, ExtensionMeter>()

  constructor(options: MetersOptions) {
    const { now, subject } = options
    this.#options = options
    this.#subject = subject && new Buckets(subject, now)
    // An exchange may take 30 s and longer: nobody shall wait so long for the first.
    this.#http = new FairQueue(subject?.httpConcurrent ?? HTTP_PLACES, { leavesRoom: true })
  }

  /** The meter of that extension, made with these limits where there is none. */
  open(key: ExtensionKey, limits: Limits): ExtensionMeter {
    const { now } = this.#options
    const meter = this.#meters.get(key) ?? new ExtensionMeter({ key, limits, now, subject: this.#subject, http: this.#http })
    this.#meters.set(key, meter)
    return meter
  }

  /** It was uninstalled. */
  forget(key: ExtensionKey): void {
    this.#meters.delete(key)
  }

  /** Of all extensions together, as far as the subject's limits go. */
  subjectUsage(): Usage {
    const { subject, now } = this.#options
    if (subject === undefined || this.#subject === undefined) return {}
    const concurrent = subject.httpConcurrent === undefined ? {} : { httpConcurrent: subjectLevel(this.#http.active, subject.httpConcurrent) }
    return { ...usageOf(this.#subject, now(), NOTHING_REFUSED), ...concurrent }
  }
}

export function subjectLevel(used: number, allowed: number): LimitUsage {
  return { kind: 'level', used, allowed, windowMs: undefined, refused: 0 }
}

/** Refusals are counted for the extension that met them. */
const NOTHING_REFUSED: ReadonlyMap<LimitName, number> = new Map()
