/** Calls of one extension that wait for an instance: in their order, so many at once, each no longer than those before it can take. */
import { LimitError } from '../../errors.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { Instance } from './instance.ts'

export interface Waiter {
  readonly resolve: (instance: Instance) => void
  readonly reject: (error: unknown) => void
  /** An instance is being started for it, with a deadline of its own. */
  readonly taken: () => void
}

export class InstanceQueue {
  readonly #limits: Pick<Limits, 'queuedCalls' | 'callMs' | 'maxInstances'>
  readonly #waiters: Waiter[] = []

  constructor(limits: Pick<Limits, 'queuedCalls' | 'callMs' | 'maxInstances'>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#waiters.length
  }

  /** Rejects with LimitError queue-full or deadline-exceeded, or what `clear` gives. */
  wait(): Promise<Instance> {
    const { queuedCalls, callMs, maxInstances } = this.#limits
    const { size } = this
    if (size >= queuedCalls) {
      return Promise.reject(new LimitError('queue-full', `${size} calls wait for an instance already; wait for some of them.`, { details: { limit: 'queuedCalls' } }))
    }
    // By then every call before it has ended, unless an instance is held by a response's body that nobody reads.
    const waitMs = callMs * (2 + Math.floor(size / maxInstances))
    return new Promise((resolve, reject) => {
      const settled = (run: () => void): void => {
        clearTimeout(timer)
        run()
      }
      const waiter: Waiter = { resolve: (instance) => settled(() => resolve(instance)), reject: (error) => settled(() => reject(error)), taken: () => clearTimeout(timer) }
      const timer = setTimeout(() => {
        const index = this.#waiters.indexOf(waiter)
        if (index >= 0) this.#waiters.splice(index, 1)
        reject(new LimitError('deadline-exceeded', `No instance became free within ${waitMs} ms: each serves another call, or a body that is not read.`))
      }, waitMs)
      this.#waiters.push(waiter)
    })
  }

  /** The one that has waited longest waits here no more: it is the caller's to settle. */
  next(): Waiter | undefined {
    return this.#waiters.shift()
  }

  clear(reason: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason)
  }
}
