/**
 * How long the guest may run right now. Inside calls: until the latest deadline among those in flight, since a turn cannot be told to
 * belong to one of them. Outside calls: `turnMs` for each entry. The page ends what this misses (loops inside native functions), and it
 * alone decides about calls that wait: its clock stands still while a person reads a prompt, this one does not.
 */

const now = performance.now.bind(performance)

/** For a turn that begins when all deadlines are past: enough to answer, too little for a loop. */
const OVERTIME_MS = 100

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
    // What the same turn does after the last answer is outside calls: it must not end, a moment later, by a deadline that was met.
    if (this.#turnDeadline !== Infinity && !this.hasCalls) this.#turnDeadline = now() + this.#turnMs
  }

  extend(ms: number): void {
    for (const [id, deadline] of this.#deadlines) this.#deadlines.set(id, deadline + ms)
  }

  startTurn(): void {
    const start = now()
    const latest = Math.max(...this.#deadlines.values())
    if (this.hasCalls) this.#turnDeadline = latest > start ? latest : start + OVERTIME_MS
    else this.#turnDeadline = start + this.#turnMs
  }

  endTurn(): void {
    this.#turnDeadline = Infinity
  }

  isExpired(): boolean {
    return now() > this.#turnDeadline
  }
}
