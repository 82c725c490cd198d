/**
 * Limits that are kept in the worker, where the guest runs, and how the page is told that one was met. It is the worker's word about its own
 * guest: for the log and the app, never a reason to allow anything.
 */
import { isPositiveCount } from '../util/count.ts'
import { parseJson } from '../util/json.ts'

export const GUEST_LIMITS = Object.freeze(['memoryMib', 'messageBytes', 'pendingCapabilityCalls', 'logBytesPerSecond', 'timers', 'handles'] as const)

export type GuestLimit = (typeof GUEST_LIMITS)[number]

export interface MetLimit {
  readonly limit: GuestLimit
  /** How often since the last time that the page was told. */
  readonly times: number
}

const MAX_CHARS = 100
const MAX_TIMES = 2 ** 31

/** The text of a payload. */
export function encodeMetLimit({ limit, times }: MetLimit): string {
  return JSON.stringify([limit, times])
}

/** Undefined for what `encodeMetLimit` cannot have made. */
export function parseMetLimit(text: string): MetLimit | undefined {
  const parts: unknown = text.length > MAX_CHARS ? undefined : parseJson(text)
  const [name, times]: readonly unknown[] = Array.isArray(parts) ? parts : []
  const limit = GUEST_LIMITS.find((known) => known === name)
  return limit === undefined || !isPositiveCount(times) || times > MAX_TIMES ? undefined : { limit, times }
}
