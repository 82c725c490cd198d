/**
 * The box's one spare: a frame with a booted worker that has seen no guest. An extension takes it and keeps it; the next one is made when
 * the page is idle. Never handed back: a worker or frame that has seen one extension serves no other.
 */
import { resolveLimits, type Limits } from '../../manifest/limits.ts'
import { DisposedError } from '../../errors.ts'
import { boot } from './boot.ts'
import type { Instance } from '../instance/instance.ts'
import type { Region } from '../options.ts'
import type { Program } from '../frame/program.ts'
import type { Ring } from '../frame/ring.ts'

/** From the last `take` to the next spare. */
const REFILL_DELAY_MS = 1000

export interface SpareOptions {
  /** Rejects with LaneError frame-missing. */
  readonly openRing: () => Promise<Ring>
  /** The first one, under way already. */
  readonly firstRing: Promise<Ring>
  readonly program: () => Promise<Program>
  readonly methods: readonly string[]
  /** What most extensions of the box get: those that ask for exactly this take the booted VM as it is. */
  readonly limits: Limits
  readonly startTimeoutMs: number
  readonly region: Region
}

export class Spare {
  readonly #options: SpareOptions
  #ring: Promise<Ring> | undefined
  #instance: Promise<Instance> | undefined
  /** Ends that instance, also while it boots. */
  #unwanted = new AbortController()
  #isDisposed = false
  #idle: (() => void) | undefined

  constructor(options: SpareOptions) {
    this.#options = options
    this.#ring = options.firstRing
  }

  /** Begins to make a spare when there is none. A failure is the next `take`'s to try again and to report. */
  prepare(): void {
    if (this.#instance !== undefined || this.#isDisposed) return
    this.#ring ??= this.#options.openRing()
    const ring = this.#ring
    this.#unwanted = new AbortController()
    const { signal } = this.#unwanted
    this.#instance = ring.then((opened) => this.#boot(opened, this.#options.limits, signal))
    this.#instance.catch(() => this.#drop(ring))
  }

  /** A booted instance with `limits`, in a frame of its own that the caller owns from now on. @throws {LaneError} */
  async take(limits: Limits): Promise<Instance> {
    this.#unwanted = new AbortController()
    const instance = this.#instance
    const ring = this.#ring
    this.#instance = undefined
    this.#ring = undefined
    this.#refillWhenIdle()
    if (instance === undefined || ring === undefined) return this.#boot(await this.#options.openRing(), limits)
    const booted = await instance.catch(() => undefined)
    if (booted === undefined || booted.isEnded) return this.#boot(await this.#options.openRing(), limits)
    return hasSameLimits(booted.limits, limits) ? booted : this.#replace(booted, limits)
  }

  /** A frame that has seen no guest, for workers of another program; the caller owns it from now on. @throws {LaneError} */
  async takeRing(): Promise<Ring> {
    const ring = this.#ring
    this.#unwanted.abort() // its engine would compile beside what is started now
    this.#instance = undefined
    this.#ring = undefined
    this.#refillWhenIdle()
    const opened = await ring?.catch(() => undefined)
    return opened === undefined || opened.isDisposed ? this.#options.openRing() : opened
  }

  /** Makes no more. The frames are their owner's to remove. */
  dispose(): void {
    this.#isDisposed = true
    this.#idle?.()
  }

  /** Other limits need another VM: memory is capped when it is made. The frame and its compiled engine stay. */
  async #replace(booted: Instance, limits: Limits): Promise<Instance> {
    const instance = await this.#boot(booted.ring, limits)
    booted.endUnused()
    return instance
  }

  async #boot(ring: Ring, limits: Limits, signal?: AbortSignal): Promise<Instance> {
    const { methods, startTimeoutMs, region, openRing } = this.#options
    const program = await this.#options.program().catch((error: unknown) => {
      ring.dispose()
      throw error
    })
    signal?.throwIfAborted()
    const further = (): Promise<Ring> => (this.#isDisposed ? Promise.reject(disposed()) : openRing())
    return boot({ ring, program, methods, limits, region, startTimeoutMs, openRing: further, ...(signal ? { signal } : {}) })
  }

  #drop(ring: Promise<Ring>): void {
    if (this.#ring !== ring) return
    this.#ring = undefined
    this.#instance = undefined
  }

  /** Not before the one that was taken has had its time: on a small machine two starts at once take as long as three. */
  #refillWhenIdle(): void {
    this.#idle?.()
    const timer = setTimeout(() => {
      this.#idle = whenIdle(() => this.prepare())
    }, REFILL_DELAY_MS)
    this.#idle = () => clearTimeout(timer)
  }
}

function disposed(): DisposedError {
  return new DisposedError('disposed', 'The box was disposed.')
}

function hasSameLimits(a: Limits, b: Limits): boolean {
  return VM_LIMITS.every((name) => a[name] === b[name])
}

/** What the VM and the session are made with; the others are the page's alone. */
const VM_LIMITS = ['memoryMib', 'messageBytes', 'pendingCapabilityCalls', 'timers', 'handles', 'turnMs', 'startMs', 'logBytesPerSecond'] as const satisfies readonly (keyof Limits)[]

/** WebKit has no requestIdleCallback. Returns the cancellation. */
function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(run, { timeout: 2000 })
    return () => cancelIdleCallback(id)
  }
  const id = setTimeout(run, 200)
  return () => clearTimeout(id)
}

/** The limits of a spare: the defaults under the host's policy. */
export function spareLimits(policy: Partial<Limits>): Limits {
  return resolveLimits({}, policy)
}
