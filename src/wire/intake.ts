/**
 * How fast the page works on what a port brings. Receiving is cheap, handling is not: an unbroken flow of well-formed messages would keep the
 * page from its own timers and paints (Firefox: 0.8 s). So only so many are handled in a slice; the rest wait, and more waiting than an
 * honest sender has credit for is a flood.
 */
import { WINDOW_MESSAGES } from './budget.ts'

const SLICE_MS = 8
const MESSAGES_PER_SLICE = 128

export class Intake<Item> {
  readonly #handle: (item: Item) => void
  readonly #waiting: Item[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #sliceStart = 0
  #inSlice = 0

  /** @param handle  called in order of arrival, at once or in a later task; must not throw */
  constructor(handle: (item: Item) => void) {
    this.#handle = handle
  }

  /** False when more wait than credit allows: the sender keeps to none. */
  accept(item: Item): boolean {
    if (this.#waiting.length > 0 || !this.#hasRoom()) {
      this.#waiting.push(item)
      this.#timer ??= setTimeout(() => this.#drain(), 0)
      return this.#waiting.length <= WINDOW_MESSAGES
    }
    this.#inSlice++
    this.#handle(item)
    return true
  }

  /** Drops what waits. */
  dispose(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #hasRoom(): boolean {
    const now = performance.now()
    if (now - this.#sliceStart >= SLICE_MS) {
      this.#sliceStart = now
      this.#inSlice = 0
    }
    return this.#inSlice < MESSAGES_PER_SLICE
  }

  #drain(): void {
    this.#timer = undefined
    this.#sliceStart = performance.now()
    const batch = this.#waiting.splice(0, MESSAGES_PER_SLICE)
    this.#inSlice = batch.length
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#drain(), 0)
    for (const item of batch) this.#handle(item)
  }
}
