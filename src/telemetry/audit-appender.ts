/**
 * Writes batches of rows at the end of the chain. Signed before the transaction, which must not wait for anything but its tables; the lock
 * keeps the tabs of an origin from signing after the same block, and where there is none the transaction refuses the later of the two.
 */
import { PackageError } from '../errors.ts'
import { type AuditBlock, type AuditStore, type AuditTail, BLOCK_COST } from '../wire/audit-store.ts'
import { rowsOf } from './audit-blocks.ts'
import { AuditChain, NO_MAC } from './audit-chain.ts'
import { readIndex } from './audit-index.ts'
import { planDrop, sizeOf, type AuditDrop, type AuditRetention } from './audit-retention.ts'
import { encodeRow, parseRow } from './audit-row.ts'

/** A row as it is kept, and what it may share a block with. */
export interface ShelvedRow {
  readonly text: string
  readonly shelf: string
}

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
const AGE_CHECK_MS = 3_600_000
/** From one time when all was read and not enough could go to the next: meanwhile the log is larger than it may be. */
const FULL_CHECK_MS = 10_000

export class AuditAppender {
  readonly #options: AuditAppenderOptions
  #chain: Promise<AuditChain> | undefined
  /** What the store holds, where we know; it may be older. */
  #stored: { readonly tail: AuditTail | undefined } | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #agedAt = -Infinity
  #fullAt = -Infinity

  constructor(options: AuditAppenderOptions) {
    this.#options = options
  }

  /** @throws {PackageError} store-failed @throws {DisposedError} disposed */
  append(rows: readonly ShelvedRow[], isStrict: boolean): Promise<void> {
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

  async #tryAppend(chain: AuditChain, rows: readonly ShelvedRow[], isStrict: boolean): Promise<boolean> {
    const { store } = this.#options
    this.#stored ??= { tail: await store.tail() }
    const expected = this.#stored.tail
    const tail = expected ?? (await findTail(store))
    const shelves = toShelves(rows)
    const { drop, size } = await this.#makeRoom(chain, tail, costOf(shelves))
    const texts = [...shelves, ...(drop ? [this.#anchorRow(drop)] : [])]
    const blocks = await signAll(chain, tail, texts)
    const last = blocks.at(-1)
    const next: AuditTail = {
      first: drop ? drop.first ?? tail.next : tail.first,
      next: last === undefined ? tail.next : last.first + rowsOf(last).length,
      mac: last?.mac ?? tail.mac,
      size: size + costOf(texts) - (drop?.size ?? 0),
    }
    const isWritten = await store.append({ expected, blocks, drop: drop?.ranges ?? [], tail: next, isStrict })
    this.#stored = isWritten ? { tail: next } : undefined
    return isWritten
  }

  /** `size`: of all that is kept; what the tail says of it is not signed, so nothing is dropped on its word. */
  async #makeRoom(chain: AuditChain, tail: AuditTail, incoming: number): Promise<{ readonly drop?: AuditDrop | undefined; readonly size: number }> {
    const { store, now, retention: { maxAgeMs, maxBytes } } = this.#options
    const oldest = now() - maxAgeMs
    const isFull = tail.size + incoming > maxBytes && Math.abs(now() - this.#fullAt) >= FULL_CHECK_MS
    if (!isFull && !(await this.#hasTooOld(chain, oldest))) return { size: tail.size }
    const index = await readIndex(store, chain, tail.next)
    const drop = planDrop(index, { incoming, oldest, maxBytes })
    const size = sizeOf(index.blocks)
    if (size + incoming - (drop?.size ?? 0) > maxBytes) this.#fullAt = now()
    return { drop, size }
  }

  /** Looked at now and then: to find out what is too old all is read, and one block more or less says nothing. */
  async #hasTooOld(chain: AuditChain, oldest: number): Promise<boolean> {
    const { now, store } = this.#options
    if (Math.abs(now() - this.#agedAt) < AGE_CHECK_MS) return false
    this.#agedAt = now()
    const [first] = await store.firsts(0, Number.MAX_SAFE_INTEGER, 1) // what the tail says of it is not signed
    if (first === undefined) return false
    const [{ block } = {}] = await store.blocks(first, first + 1)
    const time = parseRow(rowsOf(block).at(-1) ?? '', 0)?.time
    return block === undefined || time === undefined || time < oldest || !(await chain.isSigned(block))
  }

  #anchorRow({ gaps, rows, cause }: AuditDrop): string {
    return encodeRow({ kind: 'anchor', extension: '', origin: '', digest: '', outcome: cause }, { time: this.#options.now(), count: rows, gaps })
  }
}

/** Rows that share a shelf together, in the order in which their first ones came. */
function toShelves(rows: readonly ShelvedRow[]): readonly string[] {
  const shelves = new Map<string, string[]>()
  for (const { text, shelf } of rows) {
    const texts = shelves.get(shelf)
    if (texts) texts.push(text)
    else shelves.set(shelf, [text])
  }
  return [...shelves.values()].map((texts) => texts.join('\n'))
}

async function signAll(chain: AuditChain, tail: AuditTail, texts: readonly string[]): Promise<readonly AuditBlock[]> {
  const blocks: AuditBlock[] = []
  let { next: first, mac: previous } = tail
  for (const text of texts) {
    const block = { first, text, previous, mac: await chain.sign(previous, first, text) }
    blocks.push(block)
    first += rowsOf(block).length
    previous = block.mac
  }
  return blocks
}

function costOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + BLOCK_COST, 0)
}

/** Where the row that tells is missing or damaged, the blocks tell: nothing that is there is written over. */
async function findTail(store: AuditStore): Promise<AuditTail> {
  const blocks = await store.blocks(0, Number.MAX_SAFE_INTEGER)
  const last = blocks.at(-1)
  if (last === undefined) return EMPTY
  const size = costOf(blocks.map(({ block }) => block?.text ?? ''))
  return { first: blocks[0]?.first ?? 0, next: last.first + rowsOf(last.block).length, mac: last.block?.mac ?? NO_MAC, size }
}
