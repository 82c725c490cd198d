/** Reads rows back: newest first, in pages, and all of them as NDJSON. */
import type { AuditStore } from '../wire/audit-store.ts'
import { rowsOf } from './audit-retention.ts'
import { parseRow, type AuditKind, type AuditRow } from './audit-row.ts'

export interface AuditFilter {
  /** The id. */
  readonly extension?: string
  readonly kind?: AuditKind | readonly AuditKind[]
  /** `ok`, or a code. */
  readonly outcome?: string
  /** Not before, ms since 1970. */
  readonly from?: number
  /** Before, ms since 1970. */
  readonly to?: number
}

export interface AuditQuery extends AuditFilter {
  /** Rows with smaller numbers only: `next` of the page before. */
  readonly before?: number
  /** 1 to 1 000, default 100. */
  readonly limit?: number
}

export interface AuditPage {
  /** Newest first. */
  readonly rows: readonly AuditRow[]
  /** For `before` of the next page; undefined when there is none. A page may hold fewer rows than asked for, even none, and have a next one. */
  readonly next: number | undefined
}

/** Rows that one page looks at: a filter that finds nothing must not hold the page for long. */
const MAX_SCANNED = 20_000
const WINDOW_ROWS = 2000
/** No block has more; see audit-log.ts, and one anchor. */
const MAX_BLOCK_ROWS = 1001

export async function queryRows(store: AuditStore, query: AuditQuery): Promise<AuditPage> {
  const { before = Number.MAX_SAFE_INTEGER, limit = 100 } = query
  const tail = await store.tail()
  if (tail === undefined) return { rows: [], next: undefined }
  const isWanted = createFilter(query)
  const found: AuditRow[] = []
  let end = Math.min(before, tail.next)
  const stop = Math.max(tail.first, end - MAX_SCANNED)
  while (end > stop) {
    const start = Math.max(stop, end - WINDOW_ROWS)
    for (const row of (await readRows(store, start, end)).reverse()) {
      if (!isWanted(row)) continue
      found.push(row)
      if (found.length === limit) return { rows: found, next: row.seq > tail.first ? row.seq : undefined }
    }
    end = start
  }
  return { rows: found, next: end > tail.first ? end : undefined }
}

/** One JSON text a line, oldest first. Reads as fast as it is read. */
export function exportRows(store: AuditStore, filter: AuditFilter): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isWanted = createFilter(filter)
  const encoder = new TextEncoder()
  let from = 0
  return new ReadableStream({
    async pull(controller) {
      const tail = await store.tail()
      for (from = Math.max(from, tail?.first ?? 0); from < (tail?.next ?? 0);) {
        const end = from + WINDOW_ROWS
        const rows = (await readRows(store, from, end)).filter(isWanted)
        from = end
        if (rows.length === 0) continue
        controller.enqueue(encoder.encode(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`))
        return
      }
      controller.close()
    },
  }, { highWaterMark: 0 })
}

/** Rows `start` to `end`, oldest first; what cannot be read is left out, `verify` tells. */
async function readRows(store: AuditStore, start: number, end: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = []
  for (const { first, block } of await store.blocks(Math.max(0, start - MAX_BLOCK_ROWS), end)) {
    if (block === undefined) continue
    for (const [index, text] of rowsOf(block).entries()) {
      const seq = first + index
      const row = seq >= start && seq < end ? parseRow(text, seq) : undefined
      if (row) rows.push(row)
    }
  }
  return rows
}

function createFilter({ extension, kind, outcome, from = -Infinity, to = Infinity }: AuditFilter): (row: AuditRow) => boolean {
  const kinds = kind === undefined ? undefined : new Set<string>(typeof kind === 'string' ? [kind] : kind)
  return (row) =>
    (extension === undefined || row.extension === extension) && (kinds === undefined || kinds.has(row.kind)) &&
    (outcome === undefined || row.outcome === outcome) && row.time >= from && row.time < to
}
