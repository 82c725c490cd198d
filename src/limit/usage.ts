/** How much of its limits an extension, or the subject, uses right now: data for gauges. */
import type { LimitName } from '../manifest/limits.ts'

export interface LimitUsage {
  /** `rate`: of a bucket that is refilled evenly over `windowMs`. `level`: in use at this moment. */
  readonly kind: 'rate' | 'level'
  /** In the limit's unit. Above `allowed` where what was used could be counted only afterwards. */
  readonly used: number
  readonly allowed: number
  /** Of a rate. */
  readonly windowMs: number | undefined
  /** Uses that were refused since the page began. */
  readonly refused: number
}

/** By the limit's name. Those that one call, start or message has for itself are not in it: nothing adds up. */
export type Usage = Readonly<Partial<Record<LimitName, LimitUsage>>>
