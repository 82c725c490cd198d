/** Reads rows back: newest first, in pages, and all of them as NDJSON. */
import type { AuditStore, FoundBlock } from '../wire/audit-store.ts'
import { rowsOf, walkBlocks } from './audit-blocks.ts'
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
/** No block has more; see audit-log.ts. */
const MAX_BLOCK_ROWS = 1000

export async function queryRows(store: AuditStore, query: AuditQuery): Promise<AuditPage> {
  const { before = Number.MAX_SAFE_INTEGER, limit = 100 } = query
  const tail = await store.tail()
  if (tail === undefined) return { rows: [], next: undefined }
  const isWanted = createFilter(query)
  const found: AuditRow[] = []
  let end = Math.min(before, tail.next)
  for (let scanned = 0; end > tail.first && scanned < MAX_SCANNED; scanned += WINDOW_ROWS) {
    const start = Math.max(tail.first, end - WINDOW_ROWS)
    const rows = await readRows(store, start, end)
    for (const row of rows.toReversed()) {
      if (!isWanted(row)) continue
      found.push(row)
      if (found.length === limit) return { rows: found, next: row.seq > tail.first ? row.seq : undefined }
    }
    end = rows.length > 0 ? start : await endBefore(store, start)
  }
  return { rows: found, next: end > tail.first ? end : undefined }
}

/** One JSON text a line, oldest first. Reads as fast as it is read. */
export function exportRows(store: AuditStore, filter: AuditFilter): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isWanted = createFilter(filter)
  const encoder = new TextEncoder()
  const walk = walkBlocks(store)
  return new ReadableStream({
    async pull(controller) {
      for (let step = await walk.next(); !step.done; step = await walk.next()) {
        const rows = parseRows(step.value).filter(isWanted)
        if (rows.length === 0) continue
        controller.enqueue(encoder.encode(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`))
        return
      }
      controller.close()
    },
  }, { highWaterMark: 0 })
}

/** Rows `start` to `end`, oldest first. */
async function readRows(store: AuditStore, start: number, end: number): Promise<readonly AuditRow[]> {
  const rows = parseRows(await store.blocks(Math.max(0, start - MAX_BLOCK_ROWS), end))
  return rows.filter(({ seq }) => seq >= start && seq < end)
}

/** What cannot be read is left out, `verify` tells. */
function parseRows(blocks: readonly FoundBlock[]): readonly AuditRow[] {
  return blocks.flatMap(({ first, block }) => (block === undefined ? [] : rowsOf(block).flatMap((text, index) => parseRow(text, first + index) ?? [])))
}

/** Where the rows before `seq` end at the latest, however many retention has dropped there. */
async function endBefore(store: AuditStore, seq: number): Promise<number> {
  const last = (await store.firsts(0, seq)).at(-1)
  return last === undefined ? 0 : Math.min(seq, last + MAX_BLOCK_ROWS)
}

function createFilter({ extension, kind, outcome, from = -Infinity, to = Infinity }: AuditFilter): (row: AuditRow) => boolean {
  const kinds = kind === undefined ? undefined : new Set<string>(typeof kind === 'string' ? [kind] : kind)
  return (row) =>
    (extension === undefined || row.extension === extension) && (kinds === undefined || kinds.has(row.kind)) &&
    (outcome === undefined || row.outcome === outcome) && row.time >= from && row.time < to
}
