/**
 * Objects of the page's that a guest holds by number. A table belongs to one epoch of one instance, known by its signal: no number of another's
 * leads anywhere, and all are given back when it ends.
 */
import { LimitError } from '../errors.ts'
import { refuse } from './arguments.ts'

export interface HandlesOptions<T> {
  readonly max: number
  /** For people: `a file`. */
  readonly what: string
  readonly onGone?: (value: T) => void
}

export class GuestHandles<T> {
  readonly #options: HandlesOptions<T>
  readonly #tables = new WeakMap<AbortSignal, Map<number, T>>()
  #last = 0

  constructor(options: HandlesOptions<T>) {
    this.#options = options
  }

  /** @throws {LimitError} too-many-handles, when `more` do not fit */
  check(epoch: AbortSignal, more = 1): void {
    const { max, what } = this.#options
    if ((this.#tables.get(epoch)?.size ?? 0) + more > max) throw new LimitError('too-many-handles', `At most ${max} at once: close ${what} first.`)
  }

  add(epoch: AbortSignal, value: T): number {
    epoch.throwIfAborted()
    this.check(epoch)
    const table = this.#tables.get(epoch) ?? this.#open(epoch)
    this.#last += 1
    table.set(this.#last, value)
    return this.#last
  }

  get(epoch: AbortSignal, id: unknown): T {
    const value = typeof id === 'number' ? this.#tables.get(epoch)?.get(id) : undefined
    return value ?? refuse('handle', `${this.#options.what} that is open`, id)
  }

  remove(epoch: AbortSignal, id: unknown): void {
    const table = this.#tables.get(epoch)
    const value = typeof id === 'number' ? table?.get(id) : undefined
    if (value === undefined) return
    table?.delete(Number(id))
    this.#options.onGone?.(value)
  }

  #open(epoch: AbortSignal): Map<number, T> {
    const table = new Map<number, T>()
    this.#tables.set(epoch, table)
    epoch.addEventListener('abort', () => {
      for (const value of table.values()) this.#options.onGone?.(value)
      table.clear()
    }, { once: true })
    return table
  }
}
