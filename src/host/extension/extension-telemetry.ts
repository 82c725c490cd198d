/**
 * What is measured of one extension, and where its spans belong: a capability's to the call that it serves, a start's to the call that waits
 * for it.
 */
import { isGloveboxError } from '../../errors.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import { NO_TELEMETRY, type Operation, type OperationSubject, type Telemetry, type TelemetryContext } from '../../telemetry/telemetry.ts'
import type { Conversation } from '../frame/conversation.ts'
import type { PendingCall, PendingCalls } from '../instance/pending-calls.ts'
import type { PrepareWatch } from '../instance/runtime.ts'

/** Calls that one span is linked to. */
const MAX_LINKS = 8

export class ExtensionTelemetry {
  readonly #telemetry: Telemetry
  readonly #subject: OperationSubject
  /** Of the installation, while there is one. */
  #installing: TelemetryContext

  constructor(telemetry: Telemetry, { identity, digest, manifest }: VerifiedPackage) {
    this.#telemetry = telemetry
    this.#subject = { extension: identity.id, digest, lane: manifest.lane }
  }

  call(name: string, parent: TelemetryContext): Operation {
    return this.#telemetry.begin('call', { ...this.#subject, name }, { parent })
  }

  start(calls: PendingCalls): Operation {
    return this.#beginFor('start', this.#subject, calls.all.filter(({ started }) => started === undefined))
  }

  capability(method: string, calls: PendingCalls, conversation: Conversation): Operation {
    if (this.#telemetry === NO_TELEMETRY) return this.#telemetry.begin('capability', this.#subject) // nor looks for where it would belong
    const started = calls.all.filter((call) => call.started !== undefined)
    const own = started.filter((call) => call.started?.instance === conversation)
    return this.#beginFor('capability', { ...this.#subject, method }, own.length > 0 ? own : started)
  }

  /** @param parent  the app's, when it installs */
  async prepare<T>(parent: TelemetryContext, work: () => Promise<T>): Promise<T> {
    const operation = this.#telemetry.begin('prepare', this.#subject, { parent })
    this.#installing = operation.context
    try {
      return await measure(operation, work)
    } finally {
      this.#installing = undefined
    }
  }

  limit(code: string): void {
    this.#telemetry.limit(this.#subject, code)
  }

  /** For the lane's runtime. */
  readonly watch: PrepareWatch = {
    looked: (isHit) => this.#telemetry.looked(this.#subject, isHit),
    compile: (work) => measure(this.#telemetry.begin('compile', this.#subject, { parent: this.#installing }), work),
  }

  /** Inside the one call that it can be for; where there are several, linked to them. */
  #beginFor(kind: 'start' | 'capability', subject: OperationSubject, calls: readonly PendingCall[]): Operation {
    const contexts = calls.slice(0, MAX_LINKS).map(({ operation }) => operation.context)
    return this.#telemetry.begin(kind, subject, contexts.length === 1 ? { parent: contexts[0] } : { links: contexts })
  }
}

/** A code; `other` for what has none: the caller's own abort. */
export function outcomeOf(error: unknown): string {
  return isGloveboxError(error) ? error.code : 'other'
}

async function measure<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    operation.end('ok')
    return result
  } catch (error) {
    operation.end(outcomeOf(error))
    throw error
  }
}
