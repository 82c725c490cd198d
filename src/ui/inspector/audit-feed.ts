/**
 * Rows of the audit log, newest first, as far as they were read: new ones come at the top, older ones when they are asked for. Holds a bounded
 * number, and reads only what it has not.
 */
import type { AuditFilter } from '../../telemetry/audit-query.ts'
import type { AuditRow } from '../../telemetry/audit-row.ts'
import type { InspectedBox } from './box.ts'

const PAGE = 200
/** New rows that one look reads at most; of more only these are shown, and the older ones are read again when they are asked for. */
const MAX_NEW = 1000
const MAX_ROWS = 50_000

export class AuditFeed {
  #rows: AuditRow[] = []
  #filter: AuditFilter = {}
  #next: number | undefined
  #isReading = false
  /** What was asked before the last `restart` is not taken in. */
  #turn = 0

  get rows(): readonly AuditRow[] {
    return this.#rows
  }

  get isWhole(): boolean {
    return this.#next === undefined
  }

  restart(filter: AuditFilter): void {
    this.#turn += 1
    this.#rows = []
    this.#filter = filter
    this.#next = undefined
    this.#isReading = false
  }

  /** Rows that came since. @returns how many, or `reset` where all are other ones */
  async readNew(audit: InspectedBox['audit']): Promise<number | 'reset'> {
    const turn = this.#turn
    const known = this.#rows[0]?.seq
    const first = await audit.query({ ...this.#filter, limit: known === undefined ? PAGE : MAX_NEW })
    if (turn !== this.#turn) return 0
    const added = first.rows.filter(({ seq }) => known === undefined || seq > known)
    const isGap = known !== undefined && added.length === first.rows.length && first.next !== undefined
    if (known === undefined || isGap) {
      this.#rows = [...first.rows]
      this.#next = first.next
      return 'reset'
    }
    if (added.length > 0) this.#rows = [...added, ...this.#rows]
    if (this.#rows.length > MAX_ROWS) {
      this.#rows.length = MAX_ROWS
      this.#next = this.#rows.at(-1)?.seq
    }
    return added.length
  }

  /** The next older rows. @returns false where there was nothing to read */
  async readOlder(audit: InspectedBox['audit']): Promise<boolean> {
    const turn = this.#turn
    if (this.#next === undefined || this.#isReading || this.#rows.length >= MAX_ROWS) return false
    this.#isReading = true
    try {
      const { rows, next } = await audit.query({ ...this.#filter, limit: PAGE, before: this.#next })
      if (turn !== this.#turn) return false
      this.#rows = [...this.#rows, ...rows]
      this.#next = next
      return true
    } finally {
      if (turn === this.#turn) this.#isReading = false
    }
  }
}
