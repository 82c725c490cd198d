/**
 * What the audit log needs of a store; cache/ implements it over IndexedDB and in memory. It lives here because telemetry/ and cache/ are
 * peers. Rows are kept in blocks, in the order of their numbers; nothing is ever changed, only whole blocks are dropped.
 */

/** Rows that were written together. */
export interface AuditBlock {
  /** Number of its first row; rows are counted from 0. */
  readonly first: number
  /** One JSON text a row, joined by line feeds. */
  readonly text: string
  /** `mac` of the block that was written before it, which may have been dropped since. */
  readonly previous: string
  /** Hex; made over `previous`, `first` and `text`. */
  readonly mac: string
}

/** What a block takes beside its text: MACs, keys, the database's own. Counted, so that many small ones are no way around the log's size. */
export const BLOCK_COST = 200

/** Where the log ends. */
export interface AuditTail {
  /** Number of the oldest row that is kept. */
  readonly first: number
  /** Number of the next row. */
  readonly next: number
  /** Of the last block. */
  readonly mac: string
  /** UTF-16 units of all texts together, and BLOCK_COST for each block. */
  readonly size: number
}

/** A block as it was found: undefined where it cannot be read. */
export interface FoundBlock {
  readonly first: number
  readonly block: AuditBlock | undefined
}

export interface AuditAppend {
  /** What the blocks were made for; another tail means that another tab came first. */
  readonly expected: AuditTail | undefined
  readonly blocks: readonly AuditBlock[]
  /** Blocks whose first row is in one of these ranges go. */
  readonly drop: readonly { readonly from: number; readonly to: number }[]
  readonly tail: AuditTail
  /** Wait until the disk has it. */
  readonly isStrict: boolean
}

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface AuditStore {
  /** The key of the log; `fresh` becomes it where there is none. */
  keepKey(fresh: CryptoKey): Promise<CryptoKey>
  tail(): Promise<AuditTail | undefined>
  /** Blocks whose first row is in the range, in order. */
  blocks(from: number, to: number): Promise<readonly FoundBlock[]>
  /** Of these blocks, the numbers of their first rows, in order; at most `limit`. */
  firsts(from: number, to: number, limit?: number): Promise<readonly number[]>
  /** In one transaction; false, and nothing written, when the tail is not the expected one. */
  append(change: AuditAppend): Promise<boolean>
}
