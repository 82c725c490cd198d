/**
 * Objects of the worker's that a guest holds by number. Counted and sized, because the memory's cap does not see them; ids are never
 * used twice, so that a stale number of an ended epoch finds nothing.
 */
import { DelegateError, type BridgeValue, type HandleOptions, type HandleTable } from './bridge.ts'

interface Entry extends HandleOptions {
  readonly value: object
  readonly bytes: number
}

export class CountedHandles implements HandleTable {
  readonly #entries = new Map<number, Entry>()
  readonly #maxHandles: number
  readonly #roomBytes: () => number
  #bytes = 0
  #lastId = 0
  #firstId = 0

  /** `roomBytes`: what the handles together may hold at this moment. */
  constructor(maxHandles: number, roomBytes: () => number) {
    this.#maxHandles = maxHandles
    this.#roomBytes = roomBytes
  }

  get size(): number {
    return this.#entries.size
  }

  add(value: object, bytes: number, options: HandleOptions = { isConstant: false }): number {
    if (this.#entries.size >= this.#maxHandles) {
      throw new DelegateError('LimitError', `At most ${this.#maxHandles} objects of the host's may be alive`, 'too-many-handles', 'handles')
    }
    if (this.#bytes + bytes > this.#roomBytes()) {
      throw new DelegateError('LimitError', 'The objects of the host\'s hold too much memory', 'too-many-handles', 'memoryMib')
    }
    const id = ++this.#lastId
    this.#entries.set(id, { ...options, value, bytes })
    this.#bytes += bytes
    return id
  }

  get(id: BridgeValue): object {
    const entry = typeof id === 'number' ? this.#entries.get(id) : undefined
    if (entry === undefined) throw new DelegateError('Error', 'This object is gone', 'invalid-handle')
    return entry.value
  }

  remove(id: BridgeValue): void {
    const entry = typeof id === 'number' ? this.#entries.get(id) : undefined
    if (entry === undefined || this.#isKept(Number(id), entry)) return
    this.#drop(Number(id), entry)
  }

  /** From now on `clear` goes back to here: memory that lasts (a snapshot) may hold the numbers given so far. */
  mark(): void {
    this.#firstId = this.#lastId
  }

  clear(): void {
    for (const [id, entry] of this.#entries) if (!this.#isKept(id, entry)) this.#drop(id, entry)
    this.#lastId = this.#firstId // counting on would tell one epoch how many the others made
  }

  #drop(id: number, { bytes, onGone }: Entry): void {
    this.#entries.delete(id)
    this.#bytes -= bytes
    onGone?.()
  }

  #isKept(id: number, { isConstant }: Entry): boolean {
    return isConstant && id <= this.#firstId
  }
}
