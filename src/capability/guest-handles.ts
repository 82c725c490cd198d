/**
 * Objects of the page's that a guest holds by number. A table belongs to one epoch of one instance, known by its signal: no number of another's
 * leads anywhere, and all are given back when it ends.
 */
import { LimitError } from '../errors.ts'
import { FIXED_LIMITS } from '../manifest/limits.ts'
import { refuse } from './arguments.ts'

export interface HandlesOptions<T> {
  /** How many at the same time. */
  readonly limit: 'pickedFiles' | 'ports'
  /** For people: `a file`. */
  readonly what: string
  readonly onGone?: (value: T) => void
}

/** Numbers are counted in each by itself: one guest's tell nothing of another's. */
interface Table<T> {
  readonly values: Map<number, T>
  last: number
}

export class GuestHandles<T> {
  readonly #options: HandlesOptions<T>
  readonly #tables = new WeakMap<AbortSignal, Table<T>>()

  constructor(options: HandlesOptions<T>) {
    this.#options = options
  }

  /** @throws {LimitError} too-many-handles, when `more` do not fit */
  check(epoch: AbortSignal, more = 1): void {
    const { limit, what } = this.#options
    const max = FIXED_LIMITS[limit]
    if ((this.#tables.get(epoch)?.values.size ?? 0) + more <= max) return
    throw new LimitError('too-many-handles', `At most ${max} at once: close ${what} first.`, { details: { limit } })
  }

  add(epoch: AbortSignal, value: T): number {
    epoch.throwIfAborted()
    this.check(epoch)
    const table = this.#tables.get(epoch) ?? this.#open(epoch)
    table.last += 1
    table.values.set(table.last, value)
    return table.last
  }

  get(epoch: AbortSignal, id: unknown): T {
    const value = typeof id === 'number' ? this.#tables.get(epoch)?.values.get(id) : undefined
    return value ?? refuse('handle', `${this.#options.what} that is open`, id)
  }

  remove(epoch: AbortSignal, id: unknown): void {
    const values = this.#tables.get(epoch)?.values
    const value = typeof id === 'number' ? values?.get(id) : undefined
    if (value === undefined) return
    values?.delete(Number(id))
    this.#options.onGone?.(value)
  }

  #open(epoch: AbortSignal): Table<T> {
    const values = new Map<number, T>()
    const table = { values, last: 0 }
    this.#tables.set(epoch, table)
    epoch.addEventListener('abort', () => {
      for (const value of values.values()) this.#options.onGone?.(value)
      values.clear()
    }, { once: true })
    return table
  }
}
