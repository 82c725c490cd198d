/** What is recorded of one capability call: under which permissions, how it ended, how much went through it. Never what. */
import type { PermissionName } from '../manifest/permission.ts'
import type { AuditEvent, AuditUse } from '../telemetry/audit-row.ts'

/** An event of the extension whose record this is. */
export type OwnEvent = Omit<AuditEvent, 'extension' | 'origin' | 'digest'>

/** Uses that differ, of one call. */
const MAX_USES = 8

export class CapabilityRecord {
  readonly #method: string
  readonly #bytesIn: number
  readonly #record: (event: OwnEvent) => void
  readonly #startedAt = performance.now()
  readonly #uses: AuditUse[] = []

  constructor(method: string, bytesIn: number, record: (event: OwnEvent) => void) {
    this.#method = method
    this.#bytesIn = bytesIn
    this.#record = record
  }

  used(permission: PermissionName, scope: string): void {
    const isKnown = this.#uses.some((use) => use.permission === permission && use.scope === scope)
    if (!isKnown && this.#uses.length < MAX_USES) this.#uses.push({ permission, scope })
  }

  end(outcome: string, bytesOut = 0): void {
    this.#record({
      kind: 'capability', method: this.#method, uses: this.#uses, outcome, duration: performance.now() - this.#startedAt, bytesIn: this.#bytesIn, bytesOut,
    })
  }

  /** A body of the call has ended, often after the reply. */
  streamed(direction: 'bytesIn' | 'bytesOut', bytes: number): void {
    this.#record({ kind: 'stream', method: this.#method, uses: this.#uses, outcome: 'ok', duration: performance.now() - this.#startedAt, [direction]: bytes })
  }
}
