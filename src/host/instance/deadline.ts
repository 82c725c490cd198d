/** A duration that can be stopped and go on: a call's time, without the time a person needs to answer a prompt. */
export class Deadline {
  readonly #onExpire: () => void
  #leftMs: number
  /** When the present run or pause began. */
  #since = performance.now()
  #state: 'running' | 'paused' | 'over' = 'paused'
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Starts at once. `onExpire` runs at most once. */
  constructor(ms: number, onExpire: () => void) {
    this.#leftMs = ms
    this.#onExpire = onExpire
    this.#run()
  }

  /** Ms that it has left; of a running one they get fewer. */
  get leftMs(): number {
    return Math.max(0, this.#state === 'running' ? this.#leftMs - (performance.now() - this.#since) : this.#leftMs)
  }

  pause(): void {
    if (this.#state !== 'running') return
    clearTimeout(this.#timer)
    this.#state = 'paused'
    this.#leftMs -= performance.now() - this.#since
    this.#since = performance.now()
  }

  /** Returns the ms that the pause took; 0 when it was not paused. */
  resume(): number {
    if (this.#state !== 'paused') return 0
    const pausedMs = performance.now() - this.#since
    this.#run()
    return pausedMs
  }

  /** Never expires any more. */
  dispose(): void {
    clearTimeout(this.#timer)
    this.#state = 'over'
  }

  #run(): void {
    this.#state = 'running'
    this.#since = performance.now()
    this.#timer = setTimeout(() => {
      this.#state = 'over'
      this.#onExpire()
    }, Math.max(0, this.#leftMs))
  }
}
