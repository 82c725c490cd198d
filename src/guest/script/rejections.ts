/**
 * Promises that were rejected without a handler. QuickJS tells of them through a function pointer in its runtime that the C interface of
 * this build does not offer to set, so it is set from here: one more function in the engine's table, one word in its runtime's structure.
 */

/**
 * QuickJS calls it when a promise is rejected without a handler, and again when it gets one. Values are its raw 64 bits in halves, only lent:
 * a BigInt would have to be made of each.
 */
export type TrackRejection = (promiseLow: number, promiseHigh: number, reasonLow: number, reasonHigh: number, isHandled: number) => void

/** A rejection of which the guest has to be told; both are owned by whoever took it. */
export interface Rejection<Value> {
  readonly promise: Value
  readonly reason: Value
  /** It was told of before, and has got its handler now. */
  readonly isHandled: boolean
}

/** The reason's halves tell whether two are the same. */
interface Waiting<Value> extends Rejection<Value> { readonly reasonLow: number; readonly reasonHigh: number }

/** More in one turn are dropped: each holds memory on this side. */
const MAX_WAITING = 1000
/** Promises told of that are kept for the event of their late handler; older ones go without. */
const MAX_TOLD = 64

/**
 * A table takes functions of wasm's only. This one, of the tracker's type (context i32, promise i64, reason i64, is-handled i32, opaque i32), calls
 * the import `m.f` with the halves of both values and with is-handled.
 */
const WRAPPER = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 17, 2, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0, 0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0, // both types
  2, 7, 1, 1, 0x6d, 1, 0x66, 0, 1, // import
  3, 2, 1, 0, // one function of the first type
  7, 5, 1, 1, 0x66, 0, 1, // export
  10, 26, 1, 24, 0,
  0x20, 1, 0xa7, 0x20, 1, 0x42, 32, 0x88, 0xa7, // promise: i32.wrap_i64; i64.shr_u by 32, i32.wrap_i64
  0x20, 2, 0xa7, 0x20, 2, 0x42, 32, 0x88, 0xa7, // reason
  0x20, 3, 0x10, 0, 0x0b, // is-handled; call, end
]

/** Puts `track` at the end of the engine's table; the same place for every instance of the same bytes. */
export function addTracker(table: unknown, track: TrackRejection): number {
  if (!(table instanceof WebAssembly.Table)) throw new Error('The engine does not show its function table.')
  const wrapper = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(WRAPPER)), { m: { f: track } })
  const index = table.grow(1)
  table.set(index, wrapper.exports['f'])
  return index
}

export class RejectionList<Value> {
  /** By the promise's address, which nobody else has while it is held here. */
  readonly #waiting = new Map<number, Waiting<Value>>()
  readonly #told = new Map<number, Rejection<Value>>()
  #handled: Rejection<Value>[] = []
  readonly #keep: (low: number, high: number) => Value
  readonly #free: (value: Value) => void

  /** `keep` makes a lent value one's own. */
  constructor(keep: (low: number, high: number) => Value, free: (value: Value) => void) {
    this.#keep = keep
    this.#free = free
  }

  /**
   * Set when a module is read, until the next `take`. A module that throws while it is evaluated is the result of a promise that QuickJS drops,
   * and the same reason then rejects the promise of the import: whoever handles that one has handled both.
   */
  isImporting = false

  readonly track: TrackRejection = (promiseLow, promiseHigh, reasonLow, reasonHigh, isHandled) => {
    const address = promiseLow // the low half of an object's value
    if (isHandled !== 0) return this.#forget(address)
    if (this.#waiting.size < MAX_WAITING && !this.#waiting.has(address)) {
      const [promise, reason] = [this.#keep(promiseLow, promiseHigh), this.#keep(reasonLow, reasonHigh)]
      this.#waiting.set(address, { promise, reason, reasonLow, reasonHigh, isHandled: false })
    }
  }

  /** What the guest has to be told of now. The values stay the list's. */
  take(): readonly Rejection<Value>[] {
    this.isImporting = false
    if (this.#waiting.size === 0 && this.#handled.length === 0) return []
    const taken = [...this.#handled, ...this.#waiting.values()]
    for (const [address, rejection] of this.#waiting) this.#told.set(address, rejection)
    this.#waiting.clear()
    this.#handled = []
    return taken
  }

  /** After they were told of. */
  release(taken: readonly Rejection<Value>[]): void {
    for (const rejection of taken) if (rejection.isHandled) this.#release(rejection)
    for (const [address, rejection] of this.#told) {
      if (this.#told.size <= MAX_TOLD) return
      this.#told.delete(address)
      this.#release(rejection)
    }
  }

  /** Nobody waits for the handlers of what was told. */
  forgetTold(): void {
    for (const rejection of this.#told.values()) this.#release(rejection)
    this.#told.clear()
  }

  /** Memory went back to a snapshot: what was held is gone. */
  drop(): void {
    this.#waiting.clear()
    this.#told.clear()
    this.#handled = []
  }

  #forget(address: number): void {
    const told = this.#told.get(address)
    if (told !== undefined) {
      this.#told.delete(address)
      this.#handled.push({ ...told, isHandled: true })
    }
    const handled = this.#waiting.get(address)
    if (handled === undefined) return
    for (const [each, waiting] of this.isImporting ? this.#waiting : [[address, handled] as const]) {
      if (waiting.reasonLow !== handled.reasonLow || waiting.reasonHigh !== handled.reasonHigh) continue
      this.#waiting.delete(each)
      this.#release(waiting)
    }
  }

  #release({ promise, reason }: Rejection<Value>): void {
    this.#free(promise)
    this.#free(reason)
  }
}
