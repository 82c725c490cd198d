/** What retention needs to know of the blocks that are kept: whose they are, how large, how old, and whether they are what was written. */
import { type AuditBlock, type AuditStore, BLOCK_COST, type FoundBlock } from '../wire/audit-store.ts'
import { rowsOf, walkBlocks } from './audit-blocks.ts'
import type { AuditChain } from './audit-chain.ts'
import { type AuditRank, ownerOf, rankOf } from './audit-rank.ts'
import { parseRow, type AuditGap, type AuditRow } from './audit-row.ts'

export interface IndexedBlock {
  readonly first: number
  /**
   * Number of the row after its last, by its own text only where that is signed; never beyond the next sound block or the end of the log, so
   * that what is said to be missing is never more than what was dropped.
   */
  readonly end: number
  readonly size: number
  /** Of its last row, ms since 1970; of one that is damaged, what the next one says. */
  readonly time: number
  readonly owner: string
  /** `damaged`: it is not what was written; kept until nothing but decisions is left, for `verify` to tell. */
  readonly rank: AuditRank | 'damaged'
}

export interface AuditIndex {
  /** In order. */
  readonly blocks: readonly IndexedBlock[]
  /** All that is missing by retention's own word. */
  readonly gaps: readonly AuditGap[]
}

/**
 * What stands in the rows decides what is dropped, and the anchor is signed: a row that somebody changed must not get its neighbours dropped
 * in good order. So every block is checked first.
 *
 * @param next  number of the next row that is written
 */
export async function readIndex(store: AuditStore, chain: AuditChain, next: number): Promise<AuditIndex> {
  const blocks: IndexedBlock[] = []
  let gaps: readonly AuditGap[] = []
  for await (const found of walkBlocks(store)) {
    const isSound = await Promise.all(found.map(({ block }) => block !== undefined && chain.isSigned(block)))
    for (const [at, one] of found.entries()) {
      const indexed = describe(one, isSound[at] === true)
      blocks.push(indexed)
      if (indexed.rank === 'anchor') gaps = gapsOf(one.block) ?? gaps
    }
  }
  return { blocks: bySound(blocks, next), gaps: gapsBefore(gaps, next) }
}

/** What an anchor says that is missing; undefined where the block is none. The caller has checked that it is signed. */
export function gapsOf(block: AuditBlock | undefined): readonly AuditGap[] | undefined {
  const gaps = firstRow(block)?.gaps
  return block && gaps && gapsBefore(gaps, block.first) // what is written later was not dropped before
}

function gapsBefore(gaps: readonly AuditGap[], end: number): readonly AuditGap[] {
  return gaps.map(({ from, to }) => ({ from, to: Math.min(to, end) })).filter(({ from, to }) => from < to)
}

function describe({ first, block }: FoundBlock, isSound: boolean): IndexedBlock {
  const rows = rowsOf(block)
  const row = firstRow(block)
  const last = parseRow(rows.at(-1) ?? '', 0)
  const size = (block?.text.length ?? 0) + BLOCK_COST
  if (!isSound || row === undefined || last === undefined) return { first, end: Infinity, size, time: Number.NaN, owner: '', rank: 'damaged' }
  return { first, end: first + rows.length, size, time: last.time, owner: ownerOf(row), rank: rankOf(row) }
}

/** All rows of a block are of one rank and owner. */
function firstRow(block: AuditBlock | undefined): AuditRow | undefined {
  return parseRow(rowsOf(block)[0] ?? '', block?.first ?? 0)
}

/** A damaged block ends, and is as old, as the next sound one says; a sound one that reaches into the next ends there, too. */
function bySound(blocks: readonly IndexedBlock[], next: number): readonly IndexedBlock[] {
  let sound = { first: next, time: Infinity }
  return blocks.toReversed().map((block) => {
    const end = Math.max(block.first, Math.min(block.end, sound.first, next))
    const { time } = block.rank === 'damaged' ? sound : block
    if (block.rank !== 'damaged') sound = block
    return { ...block, end, time }
  }).toReversed()
}
