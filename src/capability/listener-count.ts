/** Subscriptions of each extension, all its instances together: each holds a queue on the page. */
import { LimitError } from '../errors.ts'
import type { ExtensionKey } from '../manifest/identity.ts'

const MAX_LISTENERS = 64

export class ListenerCount {
  readonly #counts = new Map<ExtensionKey, number>()

  /** Counts one more; gives what counts it out again, once. @throws {LimitError} too-many-handles */
  enter(key: ExtensionKey): () => void {
    const count = this.#counts.get(key) ?? 0
    if (count >= MAX_LISTENERS) throw new LimitError('too-many-handles', `An extension has at most ${MAX_LISTENERS} subscriptions at once.`)
    this.#counts.set(key, count + 1)
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    }
  }
}
