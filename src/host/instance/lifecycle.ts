/**
 * The running instances of one extension: starts them when a call needs one, lends them to calls, resets or ends them afterwards.
 * `session`: one instance for all calls, with memory that lasts. `call`: an instance serves one call at a time and forgets it by a reset.
 */
import { DisposedError, type GloveboxError, GuestError, isGloveboxError, LimitError, WireError } from '../../errors.ts'
import type { ServingMeter } from '../../limit/meter.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { Emit, ExtensionState } from '../events.ts'
import { Heartbeat } from './heartbeat.ts'
import type { ImageBudget } from './image-budget.ts'
import { InstanceQueue } from './instance-queue.ts'
import { Instance, type InstanceOptions, type Principal } from './instance.ts'
import { toHostError } from './outcome.ts'
import { RestartGuard } from './restart-guard.ts'
import type { Ring } from '../frame/ring.ts'
import type { Runtime } from './runtime.ts'
import type { ServedCalls } from './served-calls.ts'

export interface LifecycleOptions {
  readonly lifetime: 'session' | 'call'
  readonly limits: Limits
  readonly runtime: Runtime
  readonly images: ImageBudget
  /** For further instances in the extension's own frame. */
  readonly boot: Pick<InstanceOptions, 'methods' | 'startTimeoutMs' | 'region'>
  readonly principal: Omit<Principal, 'ended' | 'clock' | 'served'>
  /** For an instance that begins now. */
  readonly openServed: () => ServedCalls
  readonly meter: Pick<ServingMeter, 'admitCall' | 'openClock'>
  readonly emit: Emit
  readonly onLimit: (error: LimitError | WireError) => void
  /** A start has begun; what comes back hears how it ends: `ok` or a code. */
  readonly onStart: () => (outcome: string) => void
  /** An instance was ended by force. */
  readonly onKill: (reason: GloveboxError) => void
  /** Why it must not start at all. */
  readonly refusal?: GloveboxError | undefined
}

/** Of `startMs`, for what a main module began without waiting for it: a snapshot would cut it off, and its promise would never settle. */
const SETTLE_SHARE = 0.5
/** The VM's own interrupt comes first, and leaves a worker that answers; this much later the worker is ended from outside. */
export const INTERRUPT_GRACE_MS = 100

/** From a start to the next spare. */
const REFILL_DELAY_MS = 500

export class Lifecycle {
  readonly #options: LifecycleOptions
  /** Of its own. Those that began at the same time have one each; the first that is open takes the later ones. */
  readonly #rings = new Set<Ring>()
  /** Started and not ended. */
  readonly #instances = new Set<Instance>()
  /** Of all that have not ended, those that are kept for a start included: what has seen the guest's code may be its code. */
  readonly #heartbeats = new Map<Instance, Heartbeat>()
  /** `call`: started and free. */
  readonly #free: Instance[] = []
  readonly #waiters: InstanceQueue
  /** Those of them whose main module has run. */
  readonly #running = new Set<Instance>()
  /** Instances that run or are being started. */
  #slots = 0
  /** `session`: the instance, or its start. */
  #current: Promise<Instance> | undefined
  /** Booted for this extension (its modules were checked there), not started yet. */
  #prepared: Instance | undefined
  /** Starts that a spare runs ahead. */
  readonly #preloads = new WeakMap<Instance, Promise<void>>()
  /** Checks, starts and calls in progress, each with a deadline of its own. */
  readonly #busy = new Map<Instance, number>()
  /**
   * Memory after the main module, where that depends on the package alone. Kept here and not in the store: code that broke out of its engine
   * could have written it, and must not find a place that outlives the page.
   */
  #image: ArrayBuffer | undefined
  #idleTimer: ReturnType<typeof setTimeout> | undefined
  #refillTimer: ReturnType<typeof setTimeout> | undefined
  readonly #restarts = new RestartGuard()
  /** Replaced by each stop: a start that began before it must not go on. */
  #era: { stopped?: GloveboxError } = {}
  #disposed: GloveboxError | undefined
  #state: ExtensionState = 'stopped'

  constructor(options: LifecycleOptions) {
    this.#options = options
    this.#waiters = new InstanceQueue(options.limits)
  }

  get state(): ExtensionState {
    return this.#state
  }

  get instances(): readonly Instance[] {
    return [...this.#instances]
  }

  get queued(): number {
    return this.#waiters.size
  }

  /** Deaths without an answer, and for how long they keep it from being started. */
  get restarts(): RestartGuard['state'] {
    return this.#restarts.state
  }

  /** Lends a fresh instance of the extension, in a frame of its own, to `work`, which has a deadline, and keeps it for the first start. */
  async prepare<T>(work: (instance: Instance) => Promise<T>): Promise<T> {
    const instance = (this.#prepared ??= await this.#boot())
    return this.#whileBusy(instance, () => work(instance))
  }

  /** Starts an instance when none runs. @throws as `lease` */
  async start(): Promise<void> {
    if (this.#instances.size > 0) return
    if (this.#options.lifetime === 'session') await this.#session()
    else this.#release(await this.#acquire(), false)
  }

  /**
   * Lends an instance to `work`.
   * @throws {LimitError} rate-limit (it computed too long), queue-full, restart-limit, deadline-exceeded (the start) @throws {GuestError} thrown by the main module
   * @throws {LaneError} frame-missing, worker-failed, asset-missing @throws {DisposedError} disposed
   */
  async lease<T>(work: (instance: Instance) => Promise<T>): Promise<T> {
    if (this.#disposed) throw this.#disposed
    this.#options.meter.admitCall()
    clearTimeout(this.#idleTimer)
    const isShared = this.#options.lifetime === 'session'
    const instance = isShared ? await this.#session() : await this.#acquire()
    try {
      return await this.#whileBusy(instance, () => work(instance))
    } finally {
      if (isShared) this.#startIdleTimer()
      else this.#release(instance, true)
    }
  }

  /** Ends every instance; pending calls reject with `reason`. The extension can be started again. */
  stop(reason: GloveboxError): void {
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#refillTimer)
    this.#era.stopped = reason
    this.#era = {}
    this.#current = undefined
    this.#waiters.clear(reason)
    // Whoever hears of an end may start it again at once: nothing of what ends now is to be found.
    const rings = [...this.#rings]
    this.#rings.clear()
    const prepared = this.#takePrepared()
    for (const instance of [...this.#instances]) instance.end(reason, true)
    prepared?.end(reason, true)
    for (const ring of rings) ring.dispose()
  }

  /** Stops for good. */
  dispose(reason: GloveboxError): void {
    this.#disposed ??= reason
    this.#keepImage(undefined)
    this.stop(reason)
  }

  #session(): Promise<Instance> {
    if (this.#current !== undefined) return this.#current
    const starting = this.#startInstance().catch((error: unknown) => {
      if (this.#current === starting) this.#current = undefined
      throw error
    })
    this.#current = starting
    return starting
  }

  #acquire(): Promise<Instance> {
    const free = this.#free.pop()
    if (free) return Promise.resolve(free)
    if (this.#slots < this.#options.limits.maxInstances) return this.#startInstance()
    return this.#waiters.wait()
  }

  #release(instance: Instance, isUsed: boolean): void {
    if (instance.isEnded) {
      this.#startIdleTimer() // what was started ahead of the next call does not stay for ever
      return this.#serveWaiter()
    }
    if (!isUsed) return this.#offer(instance)
    instance.reset().then(
      (isReset) => {
        // Its end may have come after the answer.
        if (isReset && !instance.isEnded) return this.#offer(instance)
        instance.end(new DisposedError('disposed', 'The instance could not be reset.'), true)
      },
      () => this.#serveWaiter(), // it ended meanwhile
    )
  }

  #offer(instance: Instance): void {
    const waiter = this.#waiters.next()
    if (waiter) waiter.resolve(instance)
    else {
      this.#free.push(instance)
      this.#startIdleTimer()
    }
  }

  /** Room for one more instance: the next waiter starts it. */
  #serveWaiter(): void {
    if (this.#disposed || this.#slots >= this.#options.limits.maxInstances) return
    const waiter = this.#waiters.next()
    if (waiter === undefined) return
    waiter.taken()
    this.#startInstance().then(waiter.resolve, (error: unknown) => {
      waiter.reject(error)
      this.#serveWaiter() // a start that is refused frees no slot, which would serve the next
    })
  }

  async #startInstance(): Promise<Instance> {
    if (this.#options.refusal) throw this.#options.refusal
    this.#restarts.admitStart()
    this.#slots++
    this.#setState('starting')
    const started = this.#options.onStart()
    try {
      const instance = this.#takePrepared() ?? (await this.#boot())
      await this.#load(instance)
      this.#running.add(instance)
      this.#setState('running')
      this.#refill()
      started('ok')
      return instance
    } catch (error) {
      started(isGloveboxError(error) ? error.code : 'internal')
      this.#freeSlot()
      throw error
    }
  }

  /** Once the page has had its time with the one that started. */
  #refill(): void {
    if (!this.#options.runtime.keepsSpare) return
    clearTimeout(this.#refillTimer)
    const era = this.#era
    this.#refillTimer = setTimeout(() => {
      if (this.#prepared !== undefined || era !== this.#era || this.#openRing() === undefined) return
      this.#boot().then((instance) => {
        if (this.#prepared !== undefined) return instance.endUnused()
        this.#prepared = instance
        if (this.#options.runtime.preloads) this.#preload(instance)
      }, () => {}) // the next start boots one itself, and tells
    }, REFILL_DELAY_MS)
  }

  #preload(instance: Instance): void {
    const loading = this.#runStart(instance)
    this.#preloads.set(instance, loading)
    const loaded = (): void => this.#startIdleTimer() // no call that ended meanwhile could
    loading.then(loaded, () => { // the next start makes its own, and tells
      if (this.#prepared === instance) this.#prepared = undefined
      loaded()
    })
  }

  #takePrepared(): Instance | undefined {
    const instance = this.#prepared
    this.#prepared = undefined
    return instance
  }

  #freeSlot(): void {
    this.#slots--
    if (this.#slots === 0) this.#setState('stopped')
    this.#serveWaiter()
  }

  async #boot(): Promise<Instance> {
    const era = this.#era
    const { runtime, limits, boot, principal, openServed } = this.#options
    const own = this.#openRing()
    const instance = (own !== undefined ? await bootIn(own, { program: await runtime.program(), limits, ...boot }) : undefined) ?? (await runtime.first(limits))
    if (era.stopped) {
      instance.end(era.stopped, true)
      instance.ring.dispose()
      throw era.stopped
    }
    this.#rings.add(instance.ring)
    instance.adopt({ ...principal, clock: this.#options.meter.openClock(), served: openServed(), ended: (...args) => this.#ended(...args) })
    this.#heartbeats.set(instance, this.#watch(instance))
    return instance
  }

  #openRing(): Ring | undefined {
    for (const ring of this.#rings) if (ring.isDisposed) this.#rings.delete(ring)
    const [ring] = this.#rings
    return ring
  }

  async #load(instance: Instance): Promise<void> {
    this.#instances.add(instance)
    await (this.#preloads.get(instance) ?? this.#runStart(instance))
  }

  #runStart(instance: Instance): Promise<void> {
    return this.#whileBusy(instance, () => this.#runMainModule(instance))
  }

  async #runMainModule(instance: Instance): Promise<void> {
    const { limits, lifetime, runtime } = this.#options
    const startedAt = performance.now()
    const message = `The main module did not finish within ${limits.startMs} ms.`
    const overdue = new LimitError('deadline-exceeded', message, { details: { limit: 'startMs' } })
    const timer = setTimeout(() => instance.end(overdue, false), limits.startMs + INTERRUPT_GRACE_MS)
    try {
      const result = await instance.load(await runtime.load(), this.#image)
      if (result instanceof ArrayBuffer) this.#keepImage(result)
      else if (result) {
        const told = toHostError(result)
        const error = isGloveboxError(told, 'deadline-exceeded') ? overdue : told
        instance.end(error, true)
        throw error
      }
      if (lifetime === 'call') {
        const leftMs = limits.startMs - (performance.now() - startedAt)
        await instance.settled(Math.max(Math.min(limits.startMs * SETTLE_SHARE, leftMs), 0))
        await instance.snapshot()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #keepImage(image: ArrayBuffer | undefined): void {
    const { images } = this.#options
    if (this.#image !== undefined) images.release(this.#image.byteLength)
    this.#image = image !== undefined && this.#disposed === undefined && images.reserve(image.byteLength) ? image : undefined
  }

  /** Its silence is the business of what runs in it. */
  async #whileBusy<T>(instance: Instance, work: () => Promise<T>): Promise<T> {
    this.#countBusy(instance, 1)
    try {
      return await work()
    } finally {
      this.#countBusy(instance, -1)
    }
  }

  #countBusy(instance: Instance, change: 1 | -1): void {
    if (!instance.isEnded) this.#busy.set(instance, (this.#busy.get(instance) ?? 0) + change)
  }

  #watch(instance: Instance): Heartbeat {
    const { turnMs } = this.#options.limits
    return new Heartbeat({
      ping: () => instance.ping(),
      turnMs,
      isExcused: () => (this.#busy.get(instance) ?? 0) > 0,
      onSilence: () => {
        const message = `The extension kept its worker busy for more than ${turnMs} ms outside a call.`
        instance.end(new LimitError('turn-exceeded', message, { details: { limit: 'turnMs' } }), false)
      },
    })
  }

  #ended(instance: Instance, reason: GloveboxError, isConfirmed: boolean): void {
    this.#heartbeats.get(instance)?.dispose()
    this.#heartbeats.delete(instance)
    this.#busy.delete(instance)
    const index = this.#free.indexOf(instance)
    if (index >= 0) this.#free.splice(index, 1)
    if (this.#prepared === instance) this.#prepared = undefined
    // The end of a spare is not the end of the one that serves.
    if (this.#instances.delete(instance)) this.#current = undefined
    if (!isConfirmed) this.#restarts.noteDeath()
    if (reason instanceof LimitError || reason instanceof WireError) this.#options.onLimit(reason)
    if (!(reason instanceof DisposedError)) this.#options.onKill(reason)
    if (this.#running.delete(instance)) this.#freeSlot()
  }

  #startIdleTimer(): void {
    clearTimeout(this.#idleTimer)
    const isStarting = this.#slots > this.#running.size
    if (isStarting || [...this.#busy.values()].some((calls) => calls > 0)) return
    this.#idleTimer = setTimeout(() => this.stop(new DisposedError('disposed', 'The extension was idle.')), this.#options.limits.idleMs)
  }

  #setState(state: ExtensionState): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.emit('state', { state })
  }
}

/** What other calls of an instance get when one call was its end. */
export function endedWithOther(): GuestError {
  return new GuestError('crashed', 'The instance was ended because of another call.')
}

/** Undefined, and the ring removed, when no worker boots in it. */
async function bootIn(ring: Ring, options: Omit<InstanceOptions, 'ring'>): Promise<Instance | undefined> {
  try {
    return await Instance.boot({ ring, ...options })
  } catch {
    ring.dispose() // whatever it was, a fresh ring tells it again
    return undefined
  }
}
