/**
 * Gathers rows and has them written in batches: ordinary ones within 100 ms or 200 rows, those that must not be lost at once, together with
 * all that wait. Loaded when the first row comes; until then audit.ts holds what there is.
 */
import { isGloveboxError } from '../errors.ts'
import type { SetTimer } from '../util/timer.ts'
import type { AuditAppender, ShelvedRow } from './audit-appender.ts'
import { FloodCounter } from './audit-flood.ts'
import { rankOf, shelfOf } from './audit-rank.ts'
import { encodeRow, type AuditEvent } from './audit-row.ts'

export interface AuditLogOptions {
  readonly appender: AuditAppender
  /** ms since 1970 */
  readonly now: () => number
  readonly setTimer: SetTimer
}

const BATCH_MS = 100
const BATCH_ROWS = 200
/** A batch that had to wait for the one before it. */
const MAX_BATCH_ROWS = 1000
/** Rows that wait for the store; further ones are lost and counted. As many decisions wait beside them. */
const MAX_PENDING = 20_000
const COUNTED_MS = 1000
/** From a failure of the store to the next attempt. */
const RETRY_MS = 1000

export class AuditLog {
  readonly #options: AuditLogOptions
  readonly #flood = new FloodCounter()
  readonly #pending: ShelvedRow[] = []
  #isStrict = false
  #lost = 0
  #last: Promise<void> = Promise.resolve()
  /** Begins when the last has ended. */
  #next: Promise<void> | undefined
  #cancelBatch: (() => void) | undefined
  #cancelCounted: (() => void) | undefined
  #isDisposed = false

  constructor(options: AuditLogOptions) {
    this.#options = options
  }

  /** @param time  when it happened, ms since 1970 */
  record(event: AuditEvent, time: number): void {
    if (this.#add(event, time)) this.#schedule()
  }

  /** Resolves when the row is on the disk, or the store has failed, or it was counted with others. */
  async keep(event: AuditEvent, time: number): Promise<void> {
    if (!this.#add(event, time)) return
    this.#isStrict = true
    await this.#writeSoon().catch(() => {}) // what could not be written waits, or is told as lost
  }

  /** Rows that never got here. */
  noteLoss(count: number): void {
    this.#lost += count
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0 && this.#flood.isEmpty && this.#next === undefined
  }

  /** Resolves when all that was recorded before is written. @throws {PackageError} store-failed @throws {DisposedError} disposed */
  flush(): Promise<void> {
    this.#cancelCounted?.()
    this.#cancelCounted = undefined
    this.#tellCounted()
    return this.#writeSoon()
  }

  /** What was counted waits for its second: an extension that makes rows which are written at once has no more rows for it. */
  #writeSoon(): Promise<void> {
    this.#cancelBatch?.()
    this.#cancelBatch = undefined
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      const writing = this.#write()
      this.#last = writing.catch((error: unknown) => this.#retry(error))
      return writing
    })
    return this.#next
  }

  dispose(): void {
    this.#isDisposed = true
    this.#cancelBatch?.()
    this.#cancelCounted?.()
  }

  #add(event: AuditEvent, time: number): boolean {
    if (this.#flood.admit(event, time)) {
      this.#push(event, time, 1)
      return true
    }
    this.#cancelCounted ??= this.#options.setTimer(() => {
      this.#cancelCounted = undefined
      this.#tellCounted()
      this.#schedule()
    }, COUNTED_MS)
    return false
  }

  #push(event: AuditEvent, time: number, count: number): void {
    const room = rankOf(event) === 'decision' ? 2 * MAX_PENDING : MAX_PENDING
    if (this.#pending.length >= room) this.#lost += count
    else this.#pending.push({ text: encodeRow(event, { time, count }), shelf: shelfOf(event) })
  }

  #tellCounted(): void {
    for (const { event, count } of this.#flood.drain()) this.#push(event, this.#options.now(), count)
  }

  #schedule(): void {
    if (this.#isDisposed || this.#next !== undefined) return
    if (this.#pending.length >= BATCH_ROWS) this.#writeSoon().catch(() => {}) // retried
    else this.#cancelBatch ??= this.#options.setTimer(() => { this.#writeSoon().catch(() => {}) }, BATCH_MS)
  }

  async #write(): Promise<void> {
    const isStrict = this.#isStrict
    this.#isStrict = false
    for (let left = this.#pending.length; left > 0;) {
      const rows = this.#pending.slice(0, MAX_BATCH_ROWS)
      await this.#options.appender.append(rows, isStrict)
      this.#pending.splice(0, rows.length) // only now: what was not written waits for the next attempt
      left -= rows.length
    }
    if (this.#lost > 0) this.#tellLoss()
  }

  #tellLoss(): void {
    this.#push({ kind: 'loss', extension: '', origin: '', digest: '', outcome: 'store-failed' }, this.#options.now(), this.#lost)
    this.#lost = 0
    this.#schedule()
  }

  #retry(error: unknown): void {
    if (isGloveboxError(error, 'disposed')) return this.dispose()
    this.#cancelBatch ??= this.#options.setTimer(() => { this.#writeSoon().catch(() => {}) }, RETRY_MS)
  }
}
