/** Counts in a stranger's messages and rows. */

/** A whole number of at least 0 that can still be counted up exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value >= 0
}

/** A count of at least one: ids and serials that begin there. */
export function isPositiveCount(value: unknown): value is number {
  return isCount(value) && value > 0
}
