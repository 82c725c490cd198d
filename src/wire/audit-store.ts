/**
 * What the audit log needs of a store; cache/ implements it over IndexedDB and in memory. It lives here because telemetry/ and cache/ are
 * peers. Rows are kept in blocks, one for each batch, in the order of their numbers; nothing is ever changed, only the oldest are dropped.
 */

/** Rows that were written together. */
export interface AuditBlock {
  /** Number of its first row; rows are counted from 0. */
  readonly first: number
  /** One JSON text a row, joined by line feeds. */
  readonly text: string
  /** Hex; made over the block before it and this one. */
  readonly mac: string
}

/** Where the log ends. */
export interface AuditTail {
  /** Number of the oldest row that is kept. */
  readonly first: number
  /** Number of the next row. */
  readonly next: number
  /** Of the last block. */
  readonly mac: string
  /** UTF-16 units of all texts together. */
  readonly size: number
}

/** A block as it was found: undefined where it cannot be read. */
export interface FoundBlock {
  readonly first: number
  readonly block: AuditBlock | undefined
}

export interface AuditAppend {
  /** What the block was made for; another tail means that another tab came first. */
  readonly expected: AuditTail | undefined
  readonly block: AuditBlock
  /** Blocks before `tail.first` are dropped. */
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
  /** In one transaction; false, and nothing written, when the tail is not the expected one. */
  append(change: AuditAppend): Promise<boolean>
}
