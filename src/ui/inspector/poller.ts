/**
 * Runs work again and again while somebody can see the result: not in a hidden page, not for an element that is scrolled away, folded or
 * taken out. The next run begins a period after the last one has ended, so that slow work is never stacked.
 */
export class Poller {
  readonly #work: () => Promise<void>
  readonly #periodMs: number
  readonly #observer: IntersectionObserver
  readonly #element: Element
  readonly #onPage = (): void => this.#update()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isInView = false
  #isRunning = false
  #isPoked = false
  #isOver = false

  /** @param work  must not reject */
  constructor(element: Element, periodMs: number, work: () => Promise<void>) {
    this.#element = element
    this.#periodMs = periodMs
    this.#work = work
    this.#observer = new IntersectionObserver((entries) => {
      this.#isInView = entries.at(-1)?.isIntersecting ?? false
      this.#update()
    })
    this.#observer.observe(element)
    element.ownerDocument.addEventListener('visibilitychange', this.#onPage)
  }

  /** Runs as soon as it may, without waiting for the period. */
  poke(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isPoked = this.#isRunning
    this.#update()
  }

  dispose(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#observer.disconnect()
    this.#element.ownerDocument.removeEventListener('visibilitychange', this.#onPage)
  }

  #update(): void {
    const isSeen = this.#isInView && this.#element.ownerDocument.visibilityState === 'visible' && !this.#isOver
    if (!isSeen) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    } else if (this.#timer === undefined && !this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    await this.#work()
    this.#isRunning = false
    if (this.#isOver) return
    const waitMs = this.#isPoked ? 0 : this.#periodMs
    this.#isPoked = false
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#update()
    }, waitMs)
  }
}
