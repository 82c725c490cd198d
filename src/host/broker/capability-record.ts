/** What is recorded of one capability call: under which permissions, how it ended, how much went through it. Never what. */
import type { PermissionName } from '../../manifest/permission.ts'
import type { PermissionDecision } from '../../permission/grant.ts'
import { DECIDED } from '../../telemetry/audit-rank.ts'
import type { AuditEvent, AuditFact, AuditUse } from '../../telemetry/audit-row.ts'
import type { Operation } from '../../telemetry/telemetry.ts'

/** An event of the extension whose record this is. */
export type OwnEvent = Omit<AuditEvent, 'extension' | 'origin' | 'digest'>

const KINDS: Readonly<Record<PermissionDecision['state'], AuditEvent['kind']>> = { granted: 'grant', denied: 'denial', revoked: 'revocation' }

/** `outcome`: for how long it was granted; of denials and revocations, `decided`. `subject`: id of the person who decided, where the box has one. */
export function decisionEvent({ name, scope, state, duration, by }: PermissionDecision, subject: string | undefined): OwnEvent {
  const uses = [{ permission: name, scope: JSON.stringify(scope) }]
  const facts = { by, ...(subject !== undefined && { subject }) }
  return { kind: KINDS[state], uses, outcome: state === 'granted' ? duration : DECIDED, facts }
}

/** Uses that differ, of one call. */
const MAX_USES = 8
const MAX_FACTS = 8

interface Recorder {
  record(event: OwnEvent): void
  begin(method: string): Operation
}

export class CapabilityRecord {
  readonly #method: string
  readonly #bytesIn: number
  readonly #recorder: Recorder
  readonly #operation: Operation
  readonly #startedAt = performance.now()
  readonly #uses: AuditUse[] = []
  #facts: Map<string, AuditFact> | undefined

  constructor(method: string, bytesIn: number, recorder: Recorder) {
    this.#method = method
    this.#bytesIn = bytesIn
    this.#recorder = recorder
    this.#operation = recorder.begin(method)
  }

  get uses(): readonly AuditUse[] {
    return this.#uses
  }

  used(permission: PermissionName, scope: string): void {
    const isKnown = this.#uses.some((use) => use.permission === permission && use.scope === scope)
    if (!isKnown && this.#uses.length < MAX_USES) this.#uses.push({ permission, scope })
  }

  note(facts: Readonly<Record<string, AuditFact>>): void {
    this.#facts ??= new Map()
    for (const [name, fact] of Object.entries(facts)) if (this.#facts.size < MAX_FACTS) this.#facts.set(name, fact)
  }

  end(outcome: string, bytesOut = 0): void {
    this.#operation.end(outcome)
    this.#recorder.record({
      ...this.#common(outcome), kind: 'capability', bytesIn: this.#bytesIn, bytesOut,
      ...(this.#facts && { facts: Object.fromEntries(this.#facts) }),
    })
  }

  /** A body of the call has ended, often after the reply. */
  streamed(direction: 'bytesIn' | 'bytesOut', bytes: number): void {
    this.#recorder.record({ ...this.#common('ok'), kind: 'stream', [direction]: bytes })
  }

  #common(outcome: string): Omit<OwnEvent, 'kind'> {
    return { method: this.#method, uses: this.#uses, outcome, duration: performance.now() - this.#startedAt }
  }
}
