/** The calls of one extension that have not ended, by numbers that its log lines and `inspect()` name them with. */
import type { Operation, TelemetryContext } from '../../telemetry/telemetry.ts'
import type { Conversation } from '../frame/conversation.ts'
import type { Deadline } from './deadline.ts'
import type { Behalf } from './served-calls.ts'

/** On a call that another extension made. */
export interface CallLink extends Behalf {
  readonly pool: CallPool
  /** Those of the calls that wait for it. */
  readonly clocks: readonly WaitingClock[]
}

/** Instances that take calls of others, and the calls they serve or that wait for them, in the order they came. */
export interface CallPool {
  readonly calls: Set<PendingCall>
  /** Calls served at once. */
  readonly capacity: number
}

/** Of a call that waits for another extension. */
export interface WaitingClock extends Pick<Deadline, 'pause' | 'resume'> {
  readonly leftMs: number
}

/** An instance, as far as its calls need it. */
interface Server extends Conversation {
  ping(): Promise<unknown>
  /** Its own clocks stood still for so long. */
  extend(ms: number): void
}

export interface PendingCall {
  /** From 1, in the order of the calls; never used again. */
  readonly id: number
  readonly name: string
  /** `performance.now()`. */
  readonly since: number
  readonly operation: Operation
  /** Once an instance works on it. */
  started: { readonly instance: Server; readonly deadline: Deadline } | undefined
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  /** Of a call by another extension. */
  readonly link: CallLink | undefined
}

export interface CallOrigin extends Partial<Pick<PendingCall, 'signal' | 'link'>> {
  /** What it is a part of. Default: what the app is doing. */
  readonly parent?: TelemetryContext
  /** For telemetry, where the name is a guest's word: nothing of a guest's own goes there. */
  readonly measuredAs?: string
}

export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>()
  readonly #begin: (name: string, parent: TelemetryContext) => Operation
  readonly #onAppCall: () => void
  #lastId = 0

  /** @param begin  measures a call @param onAppCall  hears of those that no extension makes */
  constructor(begin: (name: string, parent: TelemetryContext) => Operation, onAppCall: () => void) {
    this.#begin = begin
    this.#onAppCall = onAppCall
  }

  open(name: string, { signal, link, parent, measuredAs = name }: CallOrigin = {}): PendingCall {
    if (link === undefined) this.#onAppCall()
    const operation = this.#begin(measuredAs, parent)
    const call: PendingCall = { id: ++this.#lastId, name, since: performance.now(), operation, started: undefined, signal, link }
    this.#calls.set(call.id, call)
    return call
  }

  find(id: number): PendingCall | undefined {
    return this.#calls.get(id)
  }

  /** @param outcome  `ok`, or a code */
  close(call: PendingCall, outcome: string): void {
    this.#calls.delete(call.id)
    call.operation.end(outcome)
  }

  /** True of calls that have ended, too: a timer may outlive its call. */
  wasOpened(id: number): boolean {
    return Number.isInteger(id) && id >= 1 && id <= this.#lastId
  }

  /** Oldest first. */
  get all(): readonly PendingCall[] {
    return [...this.#calls.values()]
  }
}
