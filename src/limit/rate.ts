/** The limits that are rates: each is a bucket of that size, refilled evenly over its window. What is counted when is the users' business. */
import type { Limits } from '../manifest/limits.ts'

interface Rate {
  readonly windowMs: number
  /** For people: "more than 100 requests a minute". */
  readonly what: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND

export const RATES = Object.freeze({
  capabilityCallsPerMinute: { windowMs: MINUTE, what: 'capability calls a minute' },
  httpPerMinute: { windowMs: MINUTE, what: 'requests a minute' },
  httpBytesPerMinute: { windowMs: MINUTE, what: 'bytes received a minute' },
  httpSentBytesPerMinute: { windowMs: MINUTE, what: 'bytes sent a minute' },
  cpuMsPerMinute: { windowMs: MINUTE, what: 'ms of computing a minute' },
  promptsPerMinute: { windowMs: MINUTE, what: 'prompts a minute' },
  logBytesPerSecond: { windowMs: SECOND, what: 'bytes of log a second' },
  eventsPerSecond: { windowMs: SECOND, what: 'events a second' },
  deliveredBytesPerSecond: { windowMs: SECOND, what: 'bytes of events and changes a second' },
}) satisfies Partial<Record<keyof Limits, Rate>>

export type RateName = keyof typeof RATES
export const RATE_NAMES: readonly RateName[] = Object.freeze(Object.keys(RATES)) as readonly RateName[] // Object.keys of RATES
