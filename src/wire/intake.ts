/**
 * How fast the page works on what a port brings. Receiving is cheap, handling is not: an unbroken flow of well-formed messages would keep the
 * page from its own timers and paints (Firefox: 0.8 s). So only so many are handled in a slice; the rest wait, and more waiting than an
 * honest sender has credit for is a flood.
 */
import { WINDOW_MESSAGES } from './budget.ts'

const SLICE_MS = 8
const MESSAGES_PER_SLICE = 128
const MAX_REST_MS = 2_000

export class Intake<Item> {
  readonly #handle: (item: Item) => void
  readonly #waiting: Item[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #sliceStart = 0
  #inSlice = 0
  #spentMs = 0
  #restUntil = 0

  /** @param handle  called in order of arrival, at once or in a later task; must not throw */
  constructor(handle: (item: Item) => void) {
    this.#handle = handle
  }

  /** False when more wait than credit allows: the sender keeps to none. */
  accept(item: Item): boolean {
    if (this.#waiting.length > 0 || !this.#hasRoom()) {
      this.#waiting.push(item)
      this.#schedule()
      return this.#waiting.length <= WINDOW_MESSAGES
    }
    this.#inSlice++
    this.#work(item)
    return true
  }

  /** Drops what waits. */
  dispose(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #hasRoom(): boolean {
    const now = performance.now()
    if (this.#spentMs >= SLICE_MS && now < this.#restUntil) return false
    if (now - this.#sliceStart >= SLICE_MS) this.#startSlice(now)
    return this.#inSlice < MESSAGES_PER_SLICE && this.#spentMs < SLICE_MS
  }

  #work(item: Item): void {
    const start = performance.now()
    this.#handle(item)
    this.#spentMs += performance.now() - start
    // What took long is paid for with as long a rest: a few large values may not hold the page at their ease.
    this.#restUntil = Math.max(this.#restUntil, start + this.#spentMs * 2)
  }

  #drain(): void {
    this.#timer = undefined
    this.#startSlice(performance.now())
    while (this.#inSlice < MESSAGES_PER_SLICE && this.#spentMs < SLICE_MS) {
      const item = this.#waiting.shift()
      if (item === undefined) return
      this.#inSlice++
      this.#work(item)
    }
    if (this.#waiting.length > 0) this.#schedule()
  }

  #startSlice(now: number): void {
    this.#sliceStart = now
    this.#inSlice = 0
    this.#spentMs = 0
  }

  #schedule(): void {
    const restMs = this.#spentMs >= SLICE_MS ? Math.min(MAX_REST_MS, this.#restUntil - performance.now()) : 0
    this.#timer ??= setTimeout(() => this.#drain(), Math.max(0, restMs))
  }
}
