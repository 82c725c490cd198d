/**
 * How long the guest may run right now. Inside calls: until the latest deadline among those in flight, since a turn cannot be told to
 * belong to one of them. Outside calls: `turnMs` for each entry. The page ends what this misses (loops inside native functions).
 */

const now = performance.now.bind(performance)

export class TurnClock {
  readonly #turnMs: number
  readonly #deadlines = new Map<number, number>()
  #turnDeadline = Infinity

  constructor(turnMs: number) {
    this.#turnMs = turnMs
  }

  /** True while a call (or the load) is in flight: running out of time is then that call's fault. */
  get hasCalls(): boolean {
    return this.#deadlines.size > 0
  }

  startCall(id: number, deadlineMs: number): void {
    this.#deadlines.set(id, now() + deadlineMs)
  }

  endCall(id: number): void {
    this.#deadlines.delete(id)
  }

  extend(ms: number): void {
    for (const [id, deadline] of this.#deadlines) this.#deadlines.set(id, deadline + ms)
  }

  startTurn(): void {
    this.#turnDeadline = this.hasCalls ? Math.max(...this.#deadlines.values()) : now() + this.#turnMs
  }

  endTurn(): void {
    this.#turnDeadline = Infinity
  }

  isExpired(): boolean {
    return now() > this.#turnDeadline
  }
}
