/** Which of the oldest blocks are dropped: by age, and when the log is larger than it may be. Only whole blocks go, always from the start. */
import type { AuditBlock, AuditStore, AuditTail } from '../wire/audit-store.ts'
import type { AuditAnchor } from './audit-row.ts'
import { parseRow } from './audit-row.ts'

export interface AuditRetention {
  /** Rows older than this are dropped, ms. */
  readonly maxAgeMs: number
  /** The rows' text; nearly always ASCII, so its length. */
  readonly maxBytes: number
}

export const DEFAULT_RETENTION: AuditRetention = Object.freeze({ maxAgeMs: 90 * 24 * 3_600_000, maxBytes: 16 * 2 ** 20 })

export interface AuditDrop {
  readonly anchor: AuditAnchor
  readonly rows: number
  readonly size: number
  readonly cause: 'age' | 'size'
}

/** When the log is full this share of it is left, so that not every batch drops. */
const LEFT = 0.9
/** Looked at together. */
const WINDOW_ROWS = 4000

/** @param oldest  rows from before this go, ms since 1970 @param incoming  size of what is about to be written */
export async function planDrop(
  store: AuditStore, tail: AuditTail, incoming: number, oldest: number, { maxBytes }: AuditRetention,
): Promise<AuditDrop | undefined> {
  const isFull = tail.size + incoming > maxBytes
  const target = isFull ? maxBytes * LEFT - incoming : Number.POSITIVE_INFINITY
  let drop: AuditDrop | undefined
  for (let from = tail.first; from < tail.next; from += WINDOW_ROWS) {
    for (const { first, block } of await store.blocks(from, Math.min(from + WINDOW_ROWS, tail.next))) {
      const left = tail.size - (drop?.size ?? 0)
      if (left <= target && !(lastTime(block) < oldest)) return drop
      const end = first + rowsOf(block).length
      const size = (drop?.size ?? 0) + (block?.text.length ?? 0)
      drop = { anchor: { first: end, mac: block?.mac ?? '' }, rows: end - tail.first, size, cause: isFull ? 'size' : 'age' }
    }
  }
  return drop
}

/** A block's rows as they are kept; at least one, so that a block that cannot be read still ends after it began. */
export function rowsOf(block: AuditBlock | undefined): readonly string[] {
  return block?.text.split('\n') ?? ['']
}

function lastTime(block: AuditBlock | undefined): number {
  return parseRow(rowsOf(block).at(-1) ?? '', 0)?.time ?? 0
}
