/**
 * Changes of one collection for one instance of an extension and those whom it works for: one subscription of the app's, however many the guest
 * has, so that a guest's many cost the app no more than one does. The app may tell by whom they are for, so other callers are another feed.
 */
import { appFailure, type ProvidedCaller, type ReportError } from './app-code.ts'
import type { FrameQueue } from './frames.ts'
import { toJson } from './json.ts'

export const MAX_CHANGE = 256 * 2 ** 10

export interface ChangeSource {
  /**
   * Calls `notify` with each change, JSON, until the function that it gives is called. Once for an instance and those whom it works for, however
   * often its code subscribes: what it tells while it is called, only the first of them hears.
   */
  readonly subscribe?: (notify: (change: unknown) => void, caller: ProvidedCaller) => () => void
}

export interface ChangeFeedOptions {
  readonly collection: ChangeSource
  /** Who subscribes: the same for all. */
  readonly caller: Omit<ProvidedCaller, 'signal'>
  /** Of the instance. */
  readonly epoch: AbortSignal
  readonly grant: AbortSignal
  readonly report: ReportError
  /** The last queue has gone. */
  readonly onEmpty: () => void
}

export class ChangeFeed {
  readonly #options: ChangeFeedOptions
  readonly #queues = new Set<FrameQueue>()
  readonly #callers: string
  #stop: (() => unknown) | undefined

  constructor(options: ChangeFeedOptions) {
    this.#options = options
    this.#callers = namesOf(options.caller.onBehalfOf)
  }

  isFor(epoch: AbortSignal, grant: AbortSignal, callers: readonly string[]): boolean {
    return this.#options.epoch === epoch && this.#options.grant === grant && this.#callers === namesOf(callers)
  }

  /** Gives what takes it out again, once. The first one begins the app's subscription. @throws {Error} the app's code failed */
  add(queue: FrameQueue): () => void {
    this.#queues.add(queue)
    try {
      if (this.#queues.size === 1) this.#stop = this.#start()
    } catch (error) {
      this.#remove(queue)
      throw error
    }
    return () => this.#remove(queue)
  }

  /** The collection is withdrawn. */
  end(): void {
    for (const queue of [...this.#queues]) queue.end()
  }

  #remove(queue: FrameQueue): void {
    if (!this.#queues.delete(queue) || this.#queues.size > 0) return
    this.#options.onEmpty()
    try {
      this.#stop?.()
    } catch (error) {
      this.#options.report(error)
    }
  }

  #start(): () => unknown {
    const { collection, caller, epoch, grant, report } = this.#options
    try {
      const stop: unknown = collection.subscribe?.((change) => this.#tell(change), { ...caller, signal: AbortSignal.any([epoch, grant]) })
      if (typeof stop !== 'function') throw new TypeError('subscribe of a collection must give a function that ends it.')
      return stop as () => unknown // a function
    } catch (cause) {
      throw appFailure(cause, report)
    }
  }

  /** @throws {TypeError} to the app, for what is no JSON */
  #tell(change: unknown): void {
    const json = changeJson(change)
    for (const queue of [...this.#queues]) queue.push(json)
  }
}

/** In one order, and ids have no spaces: whom an instance works for only grows, so there are no more feeds than callers. */
function namesOf(callers: readonly string[]): string {
  return [...callers].sort().join(' ')
}

function changeJson(change: unknown): string {
  try {
    return toJson('A change', change, MAX_CHANGE)
  } catch (cause) {
    throw new TypeError(cause instanceof Error ? cause.message : 'A change must be JSON.', { cause })
  }
}
