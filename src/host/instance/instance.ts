/**
 * One worker with one VM, from the page's side: its session, its calls, its end. It is booted without knowing whose it will be (the spare);
 * from `adopt` on it belongs to one extension for ever. Who is calling follows from this object's port, never from a message.
 */
import { DisposedError, GloveboxError, isGloveboxError, LaneError, LimitError, WireError } from '../../errors.ts'
import { isFlatBuffer, parseErrorRecord, parseOutcome } from '../../wire/message.ts'
import type { MetLimit } from '../../wire/guest-limit.ts'
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import { scrubRecord, toHostError } from './outcome.ts'
import { Session } from '../../wire/session.ts'
import type { IncomingStream } from '../../wire/stream.ts'
import type { WorkerStats } from '../../wire/worker-stats.ts'
import type { CpuClock } from '../../limit/cpu-clock.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { Region } from '../options.ts'
import type { Conversation, Holdings } from '../frame/conversation.ts'
import { guestMethods, malformedCall } from './guest-methods.ts'
import type { PendingCall } from './pending-calls.ts'
import type { Program } from '../frame/program.ts'
import type { Ring, RingWorker } from '../frame/ring.ts'
import type { ServedCalls } from './served-calls.ts'
import { WaitServer } from '../frame/wait-server.ts'
import { withDeadline } from '../frame/with-deadline.ts'
import { parseStats } from './worker-stats.ts'

/** The extension behind an instance. Payloads are a stranger's: parsed in form, not in content. */
export interface Principal {
  /** Answers a capability call. Rejects only with a WireError, which ends the instance. */
  capability(method: string, args: Payload, conversation: Conversation, served: ServedCalls): Promise<Outcome>
  log(args: Payload): void
  /** The guest met a limit that its worker keeps. */
  limitMet(met: MetLimit): void
  /** Takes secrets out of what the guest says. */
  scrub(text: string): string
  /** Counts what the instance computes; stopped at its end. */
  readonly clock: CpuClock
  /** Of this instance. */
  readonly served: ServedCalls
  /** The instance has ended; `isConfirmed` is false when it had to be ended without an answer from it. */
  ended(instance: Instance, reason: GloveboxError, isConfirmed: boolean): void
}

export interface InstanceCall {
  /** Number of the call among its extension's. */
  readonly id: number
  readonly name: string
  readonly args: Payload
  readonly deadlineMs: number
  /** `name` is a method of this object. */
  readonly handle?: number | undefined
  /** Id of the extension that calls, where it is one. */
  readonly caller?: string | undefined
}

export interface InstanceOptions {
  readonly ring: Ring
  readonly program: Program
  /** Wire names of all capabilities. */
  readonly methods: readonly string[]
  readonly limits: Limits
  readonly region: Region
  /** Boot limit, ms. */
  readonly startTimeoutMs: number
  /** Ends a boot that nobody waits for any more. */
  readonly signal?: AbortSignal
}

export type OutputListener = (descriptor: number, stream: IncomingStream) => boolean

/** A larger image would cost more to keep and to send than it saves; an honest worker makes none (vm.ts). */
const MAX_IMAGE_BYTES = 8 * 2 ** 20

export class Instance implements Conversation {
  readonly ring: Ring
  /** What it was booted with. */
  readonly limits: Limits
  readonly #session: Session
  readonly #worker: RingWorker
  readonly #waits: WaitServer | undefined
  readonly #outputs = new Map<number, OutputListener>()
  /** Calls that the worker has not answered, in their order. */
  readonly #inside = new Set<number>()
  /** Of what it has in its memory. */
  readonly #grants = new Set<AbortSignal>()
  readonly #life = new AbortController()
  #principal: Principal | undefined
  #epoch = new AbortController()
  #objects = new AbortController()
  #ended: GloveboxError | undefined
  #startedFrom: 'module' | 'image' = 'module'

  /** Starts a worker in `options.ring` and boots its lane's half. The caller owns the instance. @throws {LaneError} worker-failed */
  static async boot(options: InstanceOptions): Promise<Instance> {
    let instance: Instance | undefined
    let failure: LaneError | undefined
    const worker = await options.ring.startWorker(options.program, (error) => {
      failure = error
      instance?.end(error, true)
    })
    instance = new Instance(worker, options)
    options.signal?.addEventListener('abort', () => instance?.endUnused(), { once: true })
    if (options.signal?.aborted) instance.endUnused()
    if (failure) instance.end(failure, true)
    await instance.#boot(options)
    return instance
  }

  private constructor(worker: RingWorker, options: InstanceOptions) {
    this.ring = options.ring
    this.limits = options.limits
    this.#worker = worker
    this.#session = new Session(worker.port, {
      side: 'page',
      methods: guestMethods(options.methods, {
        capability: (name, args) => this.#capability(name, args, this),
        log: (args) => this.#log(args),
        output: (...numbers) => this.#output(...numbers),
        limitMet: (met) => this.#principal?.limitMet(met),
        forgotten: () => this.#forgetObjects(FORGOTTEN),
        died: (record) => this.end(toHostError(this.cleaned(record)), true),
      }),
      maxPendingRequests: options.limits.pendingCapabilityCalls + LOG_REQUESTS,
      onBreach: (error) => this.end(error, true),
    })
    this.#waits = worker.wait && new WaitServer(worker.wait, {
      capability: (method, args, conversation) => this.#capability(method, args, conversation),
      onBreach: (error) => this.end(error, true),
    })
  }

  /** Aborts when what the guest holds now (streams, pending capability calls) is void: a reset, or the end. */
  get epochSignal(): AbortSignal {
    return this.#epoch.signal
  }

  /**
   * Aborts when the objects that the page holds of the guest's are gone: at a reset, at the end, and when a call was aborted and left, with the
   * memory that it was in. The other calls of the worker go on.
   */
  get objectsSignal(): AbortSignal {
    return this.#objects.signal
  }

  /** Where the worker blocks while it waits, it handles no stream frames: its half of every stream is the wait server's. */
  get streams(): Session['streams'] {
    return this.#waits?.streams ?? this.#session.streams
  }

  get isEnded(): boolean {
    return this.#ended !== undefined
  }

  /** Whether `load` ran the main module or began from an image of it. */
  get startedFrom(): 'module' | 'image' {
    return this.#startedFrom
  }

  adopt(principal: Principal): void {
    this.#principal = principal
  }

  /** Compiles the modules, runs nothing. Resolves with the first problem, unparsed. */
  check(sources: object): Promise<unknown> {
    return this.#session.call('check', sources)
  }

  /**
   * Runs the guest's start, or begins from `image`. Resolves with what it threw, or with an image for further instances: bytes from a worker
   * that has run the guest's code, of use only to workers of the same extension. `what` is in the form of the lane's own worker.
   */
  async load(what: object, image?: ArrayBuffer): Promise<ErrorRecord | ArrayBuffer | undefined> {
    const done = this.#principal?.clock.call()
    const result = await this.#session.call('load', image === undefined ? what : { ...what, image }).finally(done)
    if (result === undefined) return undefined
    if (result === true && image !== undefined) {
      this.#startedFrom = 'image'
      return undefined
    }
    if (isFlatBuffer(result)) return result.byteLength <= MAX_IMAGE_BYTES ? result : undefined
    return this.cleaned(parseErrorRecord(result) ?? this.#break())
  }

  /** A call is about to be handed to it; what comes back is called when it has ended. */
  serve({ id, link }: PendingCall): () => void {
    return this.#principal?.served.begin(id, link) ?? (() => {})
  }

  call(call: InstanceCall): Promise<Outcome> {
    return this.#enter('call', call)
  }

  /** Hands the head of a request to the default export's `fetch`; resolves with the response's. */
  fetch(call: Omit<InstanceCall, 'name'>): Promise<Outcome> {
    return this.#enter('fetch', call)
  }

  /** Runs a command; its outcome is a RunReply (wire/run.ts). */
  run(call: Omit<InstanceCall, 'name'>): Promise<Outcome> {
    return this.#enter('run', call)
  }

  /** Hears of the output streams that a run opens; false from it is a breach. Returns the end of listening. */
  onOutput(call: number, listener: OutputListener): () => void {
    this.#outputs.set(call, listener)
    return () => this.#outputs.delete(call)
  }

  /** The guest may forget objects that the page held. */
  drop(handles: readonly number[]): void {
    this.#session.call('drop', { handles }).catch(() => {}) // it ended: the object with it
  }

  /** The request's signal aborts in the guest, its bodies end. Nothing when it has ended. */
  abort(id: number): void {
    // A worker that blocks hears nothing. It serves its calls one after the other: the first one blocks.
    const [first] = this.#inside
    if (first === id) this.#waits?.interrupt()
    this.#session.call('abort', { id }).catch(() => {}) // the instance ended: so did the request
  }

  /** Resolves when the guest has sent the response and what it wanted to be waited for has settled. Rejects when the instance ends. */
  async requestEnded(id: number): Promise<void> {
    await this.#session.call('ended', { id })
  }

  /** The clocks of calls stood still for `ms`. */
  extend(ms: number): void {
    this.#session.call('extend', { ms }).catch(() => {}) // it ended: nothing to extend
  }

  /** What the main module began and did not wait for has `ms` to come back. */
  async settled(ms: number): Promise<void> {
    await this.#session.call('settled', { ms })
  }

  async snapshot(): Promise<void> {
    await this.#prompt('snapshot')
  }

  /** Another one after every reset: what a call of before says of the VM is about one that is gone. */
  get era(): object {
    return this.#epoch
  }

  /** Back to the snapshot. False: end this instance. */
  async reset(): Promise<boolean> {
    const over = new DisposedError('disposed', 'The call that this belonged to has ended.')
    this.#epoch.abort(over)
    this.#epoch = new AbortController()
    this.#forgetObjects(over)
    this.#waits?.reset()
    if ((await this.#prompt('reset')) !== true) return false
    this.#inside.clear() // what the worker has not answered, it has left
    this.#principal?.served.forget()
    return true
  }

  /** Resolves when the worker's event loop turns, and at once when the worker blocks to wait for us. */
  async ping(): Promise<unknown> {
    if (this.#waits?.isBusy === true) return
    const askedAt = performance.now()
    const answer = await this.#session.call('ping', undefined)
    this.#principal?.clock.answered(performance.now() - askedAt)
    return answer
  }

  /** Undefined when the worker is busy and does not answer at once. Rejects when the instance has ended. */
  async stats(): Promise<WorkerStats | undefined> {
    const answer: unknown = await withDeadline(this.#session.call('stats', undefined), STATS_TIMEOUT_MS, BUSY).catch((error: unknown) => {
      if (this.#ended || !isGloveboxError(error, 'worker-failed')) throw error
      return BUSY
    })
    return answer === BUSY ? undefined : (parseStats(answer) ?? this.#break())
  }

  /** Ends worker and session: everything pending rejects with `reason`. Idempotent. `isConfirmed`: did the worker still answer? */
  end(reason: GloveboxError, isConfirmed: boolean): void {
    if (this.#ended) return
    this.#ended = reason
    this.#life.abort()
    this.#epoch.abort(reason)
    this.#objects.abort(reason)
    this.#session.end(reason)
    this.#waits?.end(reason)
    // A breach means escaped code: its frame goes with it, without asking it.
    if (reason instanceof WireError) this.ring.dispose()
    else void this.#worker.end(this.#principal === undefined)
    this.#principal?.clock.stop()
    this.#principal?.ended(this, reason, isConfirmed)
  }

  /** What the worker answers between two turns of the guest; one that does not within `turnMs` is ended. */
  async #prompt(method: 'snapshot' | 'reset'): Promise<unknown> {
    const { turnMs } = this.limits
    const overdue = new LimitError('turn-exceeded', `The worker did not answer "${method}" within ${turnMs} ms.`, { details: { limit: 'turnMs' } })
    const timer = setTimeout(() => this.end(overdue, false), turnMs)
    try {
      return await this.#session.call(method, undefined)
    } finally {
      clearTimeout(timer)
    }
  }

  endWith(grant: AbortSignal): void {
    if (this.#grants.has(grant)) return
    this.#grants.add(grant)
    const over = (): void => this.end(isGloveboxError(grant.reason) ? grant.reason : new DisposedError('disposed', 'What it had was taken back.'), true)
    grant.addEventListener('abort', over, { once: true, signal: this.#life.signal })
  }

  waiting(): () => void {
    return this.#principal?.clock.wait() ?? (() => {})
  }

  /** What the guest says of a failure, as the app may hear it. */
  cleaned(record: ErrorRecord): ErrorRecord {
    return scrubRecord(record, (text) => this.#principal?.scrub(text) ?? text)
  }

  /** What the worker sent breaks the wire's rules: `error` says how. */
  breach(error: unknown): void {
    this.end(error instanceof WireError ? error : new WireError('malformed-message', 'A value could not be read.', { cause: error }), true)
  }

  /** Ends an instance that nobody adopted. */
  endUnused(): void {
    this.end(new DisposedError('disposed', 'The spare was not used.'), true)
  }

  async #boot({ startTimeoutMs, region }: InstanceOptions): Promise<void> {
    const timer = setTimeout(
      () => this.end(new LaneError('worker-failed', `The worker did not boot within ${startTimeoutMs} ms.`), true),
      startTimeoutMs,
    )
    try {
      await this.#session.call('boot', { limits: this.limits, region })
    } finally {
      clearTimeout(timer)
    }
  }

  async #capability(name: string, args: Payload, holdings: Holdings): Promise<Outcome> {
    const principal = this.#principal
    if (principal === undefined) throw malformedCall(name)
    const resume = this.waiting()
    const { epochSignal, streams } = holdings
    const conversation: Conversation = holdings === this ? this : { epochSignal, streams, waiting: () => this.waiting(), endWith: (grant) => this.endWith(grant) }
    try {
      return await principal.capability(name, args, conversation, principal.served)
    } finally {
      resume()
    }
  }

  #forgetObjects(reason: Error): void {
    if (this.#ended) return // one that comes late must not have them live again
    this.#objects.abort(reason)
    this.#objects = new AbortController()
  }

  #log(args: Payload): void {
    if (this.#principal === undefined) throw malformedCall('log')
    this.#principal.log(args)
  }

  /** A run that has ended meanwhile hears nothing. */
  #output(call: number, descriptor: number, id: number): boolean {
    const stream = this.streams.claim(id)
    const listener = this.#outputs.get(call)
    if (stream === undefined || listener === undefined) {
      stream?.cancel()
      return stream !== undefined
    }
    return listener(descriptor, stream)
  }

  async #enter(method: 'call' | 'fetch' | 'run', call: Omit<InstanceCall, 'name'>): Promise<Outcome> {
    const done = this.#principal?.clock.call()
    this.#inside.add(call.id)
    try {
      const result = await this.#session.call(method, call, call.args.buffers)
      const outcome = parseOutcome(result) ?? this.#break()
      return outcome.ok ? outcome : { ok: false, error: this.cleaned(outcome.error) }
    } finally {
      this.#inside.delete(call.id)
      done?.()
    }
  }

  #break(): never {
    const error = new WireError('malformed-message', "The guest's side sent a result of an unknown form.")
    this.end(error, true)
    throw error
  }
}

const FORGOTTEN = new DisposedError('disposed', 'The memory that this belonged to is gone.')
const STATS_TIMEOUT_MS = 250
const BUSY = 'The worker is busy.'

/** Log lines that may be on their way beside capability calls. */
const LOG_REQUESTS = 1_024
