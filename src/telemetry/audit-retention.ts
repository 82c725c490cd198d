/**
 * Which blocks are dropped: those that are too old, and when the log is larger than it may be, the oldest of the extension that takes most of it,
 * first what went well, then what was refused. So a flood pushes out nothing but itself, and decisions stay as long as there is anything else.
 * A damaged block whose neighbours are not too old yet goes without a word of the anchor's: `verify` goes on telling.
 */
import type { AuditIndex, IndexedBlock } from './audit-index.ts'
import type { AuditGap } from './audit-row.ts'

export interface AuditRetention {
  /** Rows older than this are dropped, ms. */
  readonly maxAgeMs: number
  /** The rows' text, nearly always ASCII, so its length; and BLOCK_COST for each block. */
  readonly maxBytes: number
}

export const DEFAULT_RETENTION: AuditRetention = Object.freeze({ maxAgeMs: 90 * 24 * 3_600_000, maxBytes: 16 * 2 ** 20 })

export interface AuditDrop {
  /** What goes now, by the numbers of rows. */
  readonly ranges: readonly AuditGap[]
  /** All that is missing then. */
  readonly gaps: readonly AuditGap[]
  readonly rows: number
  readonly size: number
  readonly cause: 'age' | 'size'
  /** The first block that is left begins with it; undefined where none is. */
  readonly first: number | undefined
}

/** When the log is full this share of it is left, so that not every batch drops. */
const LEFT = 0.9

export interface RoomWanted extends Pick<AuditRetention, 'maxBytes'> {
  /** What is about to be written. */
  readonly incoming: number
  /** Blocks from before this go, ms since 1970. */
  readonly oldest: number
}

export function planDrop({ blocks, gaps }: AuditIndex, { incoming, oldest, maxBytes }: RoomWanted): AuditDrop | undefined {
  const dropped = new Set(blocks.filter(({ rank, time }) => time < oldest && rank !== 'anchor'))
  const size = sizeOf(blocks) + incoming
  const excess = size > maxBytes ? size - maxBytes * LEFT - sizeOf(dropped) : 0
  const left = blocks.filter((block) => !dropped.has(block))
  for (const block of chooseFairly(left, excess)) dropped.add(block)
  if (dropped.size === 0) return undefined
  const isTold = ({ rank, time }: IndexedBlock): boolean => rank !== 'damaged' || time < oldest
  const told = merge([...dropped].filter(isTold).map(toGap))
  // The new anchor tells what these told.
  for (const block of blocks) if (block.rank === 'anchor') dropped.add(block)
  return {
    ranges: merge([...dropped].map((block) => ({ from: block.first, to: isTold(block) ? Math.max(block.end, block.first + 1) : block.first + 1 }))),
    gaps: merge([...gaps, ...[...dropped].filter(isTold).map(toGap)]).filter(({ from, to }) => from < to),
    rows: told.reduce((sum, { from, to }) => sum + to - from, 0),
    size: sizeOf(dropped),
    cause: excess > 0 ? 'size' : 'age',
    first: blocks.find((block) => !dropped.has(block))?.first,
  }
}

function toGap({ first, end }: IndexedBlock): AuditGap {
  return { from: first, to: end }
}

/** In the order in which they go. */
const TURNS: readonly (readonly IndexedBlock['rank'][])[] = [['ordinary', 'incident'], ['damaged'], ['decision']]

function chooseFairly(blocks: readonly IndexedBlock[], excess: number): readonly IndexedBlock[] {
  const chosen: IndexedBlock[] = []
  let size = 0
  for (const ranks of TURNS) {
    const queues = queuesOf(blocks, ranks)
    while (size < excess && queues.length > 0) {
      const largest = queues.reduce((most, queue) => (queue.size > most.size ? queue : most))
      const block = largest.blocks.pop()
      if (block === undefined) {
        queues.splice(queues.indexOf(largest), 1)
        continue
      }
      largest.size -= block.size
      size += block.size
      chosen.push(block)
    }
  }
  return chosen
}

interface Queue {
  size: number
  /** The next one to go is the last. */
  readonly blocks: IndexedBlock[]
}

/** One for each owner. */
function queuesOf(blocks: readonly IndexedBlock[], ranks: readonly IndexedBlock['rank'][]): Queue[] {
  const queues = new Map<string, Queue>()
  for (const rank of ranks.toReversed()) {
    for (const block of blocks.toReversed()) {
      if (block.rank !== rank) continue
      const queue = queues.get(block.owner) ?? { size: 0, blocks: [] }
      queues.set(block.owner, queue)
      queue.size += block.size
      queue.blocks.push(block)
    }
  }
  return [...queues.values()]
}

export function sizeOf(blocks: Iterable<IndexedBlock>): number {
  let size = 0
  for (const block of blocks) size += block.size
  return size
}

/** In order, and none touches the next. */
function merge(gaps: readonly AuditGap[]): readonly AuditGap[] {
  const merged: AuditGap[] = []
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last === undefined || gap.from > last.to) merged.push(gap)
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, gap.to) }
  }
  return merged
}
