/** Goes along the chain and tells where it is broken. */
import type { AuditStore, FoundBlock } from '../wire/audit-store.ts'
import { type AuditChain, NO_MAC } from './audit-chain.ts'
import { rowsOf } from './audit-retention.ts'
import { parseRow, type AuditAnchor } from './audit-row.ts'

/** The end of the log at some moment, to be kept elsewhere. */
export interface AuditHead {
  /** Rows that were ever written. */
  readonly seq: number
  readonly mac: string
}

export type AuditVerdict =
  /** Rows `first` to `head.seq` are as they were written. */
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

const WINDOW_ROWS = 4000

/** @param kept  a head from before, where the host has one. The caller holds the lock. */
export async function verifyChain(store: AuditStore, chain: AuditChain, kept?: AuditHead): Promise<AuditVerdict> {
  const tail = await store.tail()
  if (tail === undefined) {
    const [first] = await store.blocks(0, Number.MAX_SAFE_INTEGER)
    if (first) return broken('removed', first.first)
    return kept !== undefined && kept.seq > 0 ? broken('cut', 0) : { ok: true, first: 0, head: { seq: 0, mac: NO_MAC } }
  }
  const walk = new Walk(chain, tail.first, kept)
  for (let from = tail.first; from < tail.next; from += WINDOW_ROWS) {
    const to = from + WINDOW_ROWS
    const problem = await walk.pass(await store.blocks(from, to < tail.next ? to : Number.MAX_SAFE_INTEGER))
    if (problem) return problem
  }
  return walk.finish({ seq: tail.next, mac: tail.mac })
}

class Walk {
  readonly #chain: AuditChain
  readonly #start: number
  readonly #kept: AuditHead | undefined
  #next: number
  /** Of the block before; undefined before the first one that is left. */
  #mac: string | undefined
  #first: FoundBlock | undefined
  #anchor: AuditAnchor | undefined
  #sawKept: boolean

  constructor(chain: AuditChain, start: number, kept: AuditHead | undefined) {
    this.#chain = chain
    this.#start = start
    this.#next = start
    this.#mac = start === 0 ? NO_MAC : undefined
    this.#kept = kept
    this.#sawKept = kept === undefined || kept.seq === 0
  }

  async pass(blocks: readonly FoundBlock[]): Promise<AuditVerdict | undefined> {
    for (const found of blocks) {
      const { first, block } = found
      if (first !== this.#next) return broken(first > this.#next ? 'removed' : 'changed', Math.min(first, this.#next))
      if (block === undefined) return broken('changed', first)
      if (this.#mac === undefined) this.#first = found // what came before it is told by an anchor further on
      else if ((await this.#chain.sign(this.#mac, first, block.text)) !== block.mac) return broken('changed', first)
      const rows = rowsOf(block)
      this.#findAnchor(rows)
      this.#next += rows.length
      this.#mac = block.mac
      if (this.#kept?.seq === this.#next) this.#sawKept = this.#kept.mac === block.mac
    }
    return undefined
  }

  async finish(head: AuditHead): Promise<AuditVerdict> {
    if (this.#first?.block) {
      const anchor = this.#anchor
      if (anchor === undefined) return broken('removed', 0)
      const { first, text, mac } = this.#first.block
      if ((await this.#chain.sign(anchor.mac, first, text)) !== mac) return broken('changed', first)
    }
    if (this.#next !== head.seq) return broken('removed', Math.min(this.#next, head.seq))
    if (this.#mac !== head.mac) return broken('changed', head.seq)
    // Rows that retention dropped had a place in the chain; nobody can tell any more that the kept head was theirs.
    const isDropped = this.#kept !== undefined && this.#kept.seq <= this.#start
    if (!this.#sawKept && !isDropped) return broken('cut', Math.min(this.#kept?.seq ?? 0, this.#next))
    return { ok: true, first: this.#start, head }
  }

  #findAnchor(rows: readonly string[]): void {
    for (const row of rows) {
      if (!row.includes('"kind":"anchor"')) continue
      const { anchor } = parseRow(row, 0) ?? {}
      if (anchor?.first === this.#start) this.#anchor = anchor
    }
  }
}

function broken(problem: 'changed' | 'removed' | 'cut', seq: number): AuditVerdict {
  return { ok: false, problem, seq }
}
