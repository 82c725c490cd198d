/**
 * Places that several owners share: a free one goes to the owner that has the fewest, in turn among equals, so that an owner with a thousand
 * waiters delays another by one place for each owner at most. Within one owner it is first come, first served.
 */

interface Waiter {
  /** Places that its owner may have at most. */
  readonly own: number
  readonly go: () => void
}

interface Line {
  active: number
  readonly waiting: Waiter[]
}

export class FairQueue<Owner> {
  readonly #places: number
  /** In the order of their turns: who was served last stands last. */
  readonly #lines = new Map<Owner, Line>()
  #active = 0

  constructor(places: number) {
    this.#places = places
  }

  get places(): number {
    return this.#places
  }

  get active(): number {
    return this.#active
  }

  activeOf(owner: Owner): number {
    return this.#lines.get(owner)?.active ?? 0
  }

  /**
   * Waits for a place. Resolves with the function that gives it back, to be called once or more. Rejects with the signal's reason.
   *
   * @param own  places that the owner may have at the same time; at least 1, as the queue must have
   */
  async enter(owner: Owner, own: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const line = this.#lines.get(owner) ?? { active: 0, waiting: [] }
    this.#lines.set(owner, line)
    if (line.waiting.length === 0 && line.active < own && this.#active < this.#places) this.#occupy(line)
    else await this.#wait(owner, line, own, signal)
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      line.active--
      this.#active--
      this.#serve()
      this.#forget(owner, line)
    }
  }

  #occupy(line: Line): void {
    line.active++
    this.#active++
  }

  #wait(owner: Owner, line: Line, own: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const waiter = { own, go }
      const leave = (): void => {
        line.waiting.splice(line.waiting.indexOf(waiter), 1)
        this.#forget(owner, line)
        reject(signal.reason)
      }
      line.waiting.push(waiter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #serve(): void {
    const next = this.#next()
    if (next === undefined) return
    const [owner, line] = next
    const waiter = line.waiting.shift()
    this.#occupy(line)
    this.#lines.delete(owner)
    this.#lines.set(owner, line)
    waiter?.go()
  }

  /** Of those who wait and may have another place the one with the fewest; among equals the one whose last turn is longest ago. */
  #next(): readonly [Owner, Line] | undefined {
    const ready = [...this.#lines].filter(([, { active, waiting: [first] }]) => first !== undefined && active < first.own)
    const fewest = Math.min(...ready.map(([, { active }]) => active))
    return ready.find(([, { active }]) => active === fewest)
  }

  #forget(owner: Owner, line: Line): void {
    if (line.active === 0 && line.waiting.length === 0 && this.#lines.get(owner) === line) this.#lines.delete(owner)
  }
}
