/**
 * Goes along the chain and tells where it is broken. Every block is signed with the MAC of the block before it, so those that are left prove
 * themselves and their order; what is missing between them must be what the last anchor, a signed row itself, says that retention dropped.
 */
import type { AuditStore, AuditTail, FoundBlock } from '../wire/audit-store.ts'
import { rowsOf, walkBlocks } from './audit-blocks.ts'
import { type AuditChain, NO_MAC } from './audit-chain.ts'
import { gapsOf } from './audit-index.ts'
import type { AuditGap } from './audit-row.ts'

/** The end of the log at some moment, to be kept elsewhere. */
export interface AuditHead {
  /** Rows that were ever written. */
  readonly seq: number
  readonly mac: string
}

export type AuditVerdict =
  /** Rows `first` to `head.seq` are as they were written, but for those that retention dropped. */
  | { readonly ok: true; readonly first: number; readonly head: AuditHead }
  | {
      readonly ok: false
      /**
       * `changed`: rows from `seq` on, written together, are not what they were. `removed`: rows from `seq` on are missing.
       * `cut`: the log does not contain the head that was kept elsewhere.
       */
      readonly problem: 'changed' | 'removed' | 'cut'
      readonly seq: number
    }

/** @param kept  a head from before, where the host has one. The caller holds the lock. */
export async function verifyChain(store: AuditStore, chain: AuditChain, kept?: AuditHead): Promise<AuditVerdict> {
  const tail = await store.tail()
  if (tail === undefined) {
    const [first] = await store.firsts(0, Number.MAX_SAFE_INTEGER, 1)
    if (first !== undefined) return broken('removed', first)
    return kept !== undefined && kept.seq > 0 ? broken('cut', 0) : { ok: true, first: 0, head: { seq: 0, mac: NO_MAC } }
  }
  const walk = new Walk(chain, kept)
  for await (const blocks of walkBlocks(store)) {
    const problem = await walk.pass(blocks)
    if (problem) return problem
  }
  return walk.finish(tail)
}

class Walk {
  readonly #chain: AuditChain
  readonly #kept: AuditHead | undefined
  #first: number | undefined
  #next = 0
  /** Of the block that was written before the next one. */
  #mac = NO_MAC
  readonly #missing: AuditGap[] = []
  /** Of the last anchor. */
  #gaps: readonly AuditGap[] = []
  #sawKept: boolean

  constructor(chain: AuditChain, kept: AuditHead | undefined) {
    this.#chain = chain
    this.#kept = kept
    this.#sawKept = kept === undefined || kept.seq === 0
  }

  async pass(blocks: readonly FoundBlock[]): Promise<AuditVerdict | undefined> {
    for (const { first, block } of blocks) {
      if (first < this.#next || block === undefined) return broken('changed', first)
      if (first > this.#next) this.#skip(first, block.previous)
      if (block.previous !== this.#mac || !(await this.#chain.isSigned(block))) return broken('changed', first)
      this.#first ??= first
      this.#gaps = gapsOf(block) ?? this.#gaps
      this.#arrive(first + rowsOf(block).length, block.mac)
    }
    return undefined
  }

  finish(tail: AuditTail): AuditVerdict {
    const lost = this.#firstLost()
    if (lost !== undefined) return broken('removed', lost)
    if (this.#next !== tail.next) return broken('removed', Math.min(this.#next, tail.next))
    if (this.#mac !== tail.mac) return broken('changed', tail.next)
    if (tail.first !== (this.#first ?? tail.next)) return broken('changed', tail.first) // a page of rows begins there
    if (!this.#sawKept && !this.#isDropped()) return broken('cut', Math.min(this.#kept?.seq ?? 0, this.#next))
    return { ok: true, first: tail.first, head: { seq: tail.next, mac: tail.mac } }
  }

  /** What the next block says of the one before it is signed with it. */
  #skip(to: number, mac: string): void {
    this.#missing.push({ from: this.#next, to })
    this.#arrive(to, mac)
  }

  #arrive(next: number, mac: string): void {
    this.#next = next
    this.#mac = mac
    if (this.#kept?.seq === next) this.#sawKept = this.#kept.mac === mac
  }

  /** The first row that is missing without an anchor that says so. */
  #firstLost(): number | undefined {
    for (const { from, to } of this.#missing) {
      const gap = this.#gaps.find((one) => one.from <= from && from < one.to)
      if (gap === undefined || gap.to < to) return gap?.to ?? from
    }
    return undefined
  }

  /** Rows that retention dropped had a place in the chain; nobody can tell any more that the kept head was theirs. */
  #isDropped(): boolean {
    const seq = this.#kept?.seq ?? 0
    return this.#missing.some(({ from, to }) => from < seq && seq < to)
  }
}

function broken(problem: 'changed' | 'removed' | 'cut', seq: number): AuditVerdict {
  return { ok: false, problem, seq }
}
