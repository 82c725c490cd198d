/** What retention needs to know of the blocks that are kept: whose they are, how large, how old, and whether they are what was written. */
import { type AuditBlock, type AuditStore, BLOCK_COST, type FoundBlock } from '../wire/audit-store.ts'
import { rowsOf, walkBlocks } from './audit-blocks.ts'
import type { AuditChain } from './audit-chain.ts'
import { type AuditRank, ownerOf, rankOf } from './audit-rank.ts'
import { parseRow, type AuditGap, type AuditRow } from './audit-row.ts'

export interface IndexedBlock {
  readonly first: number
  /** Number of the row after its last. */
  readonly end: number
  readonly size: number
  /** Of its last row, ms since 1970; of one that is damaged, what the next one says. */
  readonly time: number
  readonly owner: string
  /** `damaged`: it is not what was written; kept as long as anything, for `verify` to tell. */
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
 */
export async function readIndex(store: AuditStore, chain: AuditChain): Promise<AuditIndex> {
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
  return { blocks: withTimes(blocks), gaps }
}

/** What an anchor says that is missing; undefined where the block is none. The caller has checked that it is signed. */
export function gapsOf(block: AuditBlock | undefined): readonly AuditGap[] | undefined {
  return firstRow(block)?.gaps
}

function describe({ first, block }: FoundBlock, isSound: boolean): IndexedBlock {
  const rows = rowsOf(block)
  const row = firstRow(block)
  const last = parseRow(rows.at(-1) ?? '', 0)
  const common = { first, end: first + rows.length, size: (block?.text.length ?? 0) + BLOCK_COST }
  if (!isSound || row === undefined || last === undefined) return { ...common, time: Number.NaN, owner: '', rank: 'damaged' }
  return { ...common, time: last.time, owner: ownerOf(row), rank: rankOf(row) }
}

/** All rows of a block are of one rank and owner. */
function firstRow(block: AuditBlock | undefined): AuditRow | undefined {
  return parseRow(rowsOf(block)[0] ?? '', block?.first ?? 0)
}

/** A damaged block stays until the one after it is too old. */
function withTimes(blocks: readonly IndexedBlock[]): readonly IndexedBlock[] {
  let time = Infinity
  return blocks.toReversed().map((block) => {
    time = Number.isNaN(block.time) ? time : block.time
    return { ...block, time }
  }).toReversed()
}
