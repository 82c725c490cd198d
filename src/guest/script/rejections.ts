/**
 * Promises that were rejected without a handler. QuickJS tells of them through a function pointer in its runtime that the C interface of
 * this build does not offer to set, so it is set from here: one more function in the engine's table, one word in its runtime's structure.
 */

/** QuickJS calls it when a promise is rejected without a handler, and again when it gets one. Values are its raw 64 bits, only lent. */
export type TrackRejection = (context: number, promise: bigint, reason: bigint, isHandled: number) => void

/** A rejection of which the guest has to be told; both are owned by whoever took it. */
export interface Rejection<Value> {
  readonly promise: Value
  readonly reason: Value
  /** It was told of before, and has got its handler now. */
  readonly isHandled: boolean
}

interface Waiting<Value> extends Rejection<Value> { readonly reasonBits: bigint }

/** More in one turn are dropped: each holds memory on this side. */
const MAX_WAITING = 1000
/** Promises told of that are kept for the event of their late handler; older ones go without. */
const MAX_TOLD = 64
const POINTER_BITS = 32

/** `(module (import "m" "f" (func (param i32 i64 i64 i32 i32))) (export "f" (func 0)))`: a table takes functions of wasm's only. */
const WRAPPER = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9, 1, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0, 2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0, 0,
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
  readonly #keep: (bits: bigint) => Value
  readonly #free: (value: Value) => void

  /** `keep` makes a lent value one's own. */
  constructor(keep: (bits: bigint) => Value, free: (value: Value) => void) {
    this.#keep = keep
    this.#free = free
  }

  /**
   * Set when a module is read, until the next `take`. A module that throws while it is evaluated is the result of a promise that QuickJS drops,
   * and the same reason then rejects the promise of the import: whoever handles that one has handled both.
   */
  isImporting = false

  readonly track: TrackRejection = (_context, promise, reason, isHandled) => {
    const address = Number(BigInt.asUintN(POINTER_BITS, promise))
    if (isHandled !== 0) return this.#forget(address)
    if (this.#waiting.size < MAX_WAITING && !this.#waiting.has(address)) {
      this.#waiting.set(address, { promise: this.#keep(promise), reason: this.#keep(reason), reasonBits: reason, isHandled: false })
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
      if (waiting.reasonBits !== handled.reasonBits) continue
      this.#waiting.delete(each)
      this.#release(waiting)
    }
  }

  #release({ promise, reason }: Rejection<Value>): void {
    this.#free(promise)
    this.#free(reason)
  }
}
