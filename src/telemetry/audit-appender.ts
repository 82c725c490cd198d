/**
 * Writes batches of rows at the end of the chain. Signed before the transaction, which must not wait for anything but its tables; the lock
 * keeps the tabs of an origin from signing after the same block, and where there is none the transaction refuses the later of the two.
 */
import { PackageError } from '../errors.ts'
import type { AuditStore, AuditTail } from '../wire/audit-store.ts'
import { AuditChain, NO_MAC } from './audit-chain.ts'
import { planDrop, rowsOf, type AuditDrop, type AuditRetention } from './audit-retention.ts'
import { encodeRow } from './audit-row.ts'

export interface AuditAppenderOptions {
  readonly store: AuditStore
  /** Undefined where the engine has none, and for a log that no other tab sees. */
  readonly locks: Pick<LockManager, 'request'> | undefined
  readonly lockName: string
  /** ms since 1970 */
  readonly now: () => number
  readonly retention: AuditRetention
}

const EMPTY: AuditTail = Object.freeze({ first: 0, next: 0, mac: NO_MAC, size: 0 })
/** Other tabs that come first. */
const MAX_ATTEMPTS = 20
/** From one look at the age of the oldest rows to the next. */
const AGE_CHECK_MS = 60_000

export class AuditAppender {
  readonly #options: AuditAppenderOptions
  #chain: Promise<AuditChain> | undefined
  /** What the store holds, where we know; it may be older. */
  #stored: { readonly tail: AuditTail | undefined } | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #agedAt = -Infinity

  constructor(options: AuditAppenderOptions) {
    this.#options = options
  }

  /** @throws {PackageError} store-failed @throws {DisposedError} disposed */
  append(rows: readonly string[], isStrict: boolean): Promise<void> {
    return this.exclusive(async (chain) => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await this.#tryAppend(chain, rows, isStrict)) return
      }
      throw new PackageError('store-failed', 'Other tabs write the audit log without pause.')
    })
  }

  /** Nobody of this origin appends while `work` runs. */
  exclusive<T>(work: (chain: AuditChain) => Promise<T>): Promise<T> {
    const { locks, lockName, store } = this.#options
    const run = async (): Promise<T> => {
      this.#chain ??= AuditChain.open(store)
      this.#chain.catch(() => { this.#chain = undefined })
      return work(await this.#chain)
    }
    const done = this.#queue.then(() => (locks === undefined ? run() : locks.request(lockName, run)))
    this.#queue = done.catch(() => undefined) // the caller gets the failure; the queue goes on
    return done
  }

  async #tryAppend(chain: AuditChain, rows: readonly string[], isStrict: boolean): Promise<boolean> {
    const { store } = this.#options
    this.#stored ??= { tail: await store.tail() }
    const expected = this.#stored.tail
    const tail = expected ?? (await findTail(store))
    const drop = await this.#planDrop(tail, rows)
    const text = [...rows, ...(drop ? [this.#anchorRow(drop)] : [])].join('\n')
    const mac = await chain.sign(tail.mac, tail.next, text)
    const next: AuditTail = {
      first: drop?.anchor.first ?? tail.first,
      next: tail.next + rows.length + (drop ? 1 : 0),
      mac,
      size: tail.size + text.length - (drop?.size ?? 0),
    }
    const isWritten = await store.append({ expected, block: { first: tail.next, text, mac }, tail: next, isStrict })
    this.#stored = isWritten ? { tail: next } : undefined
    return isWritten
  }

  async #planDrop(tail: AuditTail, rows: readonly string[]): Promise<AuditDrop | undefined> {
    const { store, now, retention } = this.#options
    const incoming = rows.reduce((sum, row) => sum + row.length + 1, 0)
    const isAgeDue = now() - this.#agedAt > AGE_CHECK_MS
    if (!isAgeDue && tail.size + incoming <= retention.maxBytes) return undefined
    this.#agedAt = now()
    return planDrop(store, tail, incoming, now() - retention.maxAgeMs, retention)
  }

  #anchorRow({ anchor, rows, cause }: AuditDrop): string {
    return encodeRow({ kind: 'anchor', extension: '', origin: '', digest: '', outcome: cause }, { time: this.#options.now(), count: rows, anchor })
  }
}

/** Where the row that tells is missing or damaged, the blocks tell: nothing that is there is written over. */
async function findTail(store: AuditStore): Promise<AuditTail> {
  const blocks = await store.blocks(0, Number.MAX_SAFE_INTEGER)
  const last = blocks.at(-1)
  if (last === undefined) return EMPTY
  const size = blocks.reduce((sum, { block }) => sum + (block?.text.length ?? 0), 0)
  return { first: blocks[0]?.first ?? 0, next: last.first + rowsOf(last.block).length, mac: last.block?.mac ?? NO_MAC, size }
}
