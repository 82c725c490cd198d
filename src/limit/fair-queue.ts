/**
 * Places that several owners share: a free one goes to the owner that has the fewest, in turn among equals, so that an owner with a thousand
 * waiters delays another by one place for each owner at most. Within one owner it is first come, first served.
 *
 * Where places are held for long, turns are not enough. A queue that `leavesRoom` gives an owner no more places than are free afterwards or, of an
 * odd number, one more: alone it may have half of all, and whoever has none finds one free. Each owner that fills its part leaves less to the next,
 * but something, until there are many more owners than any of them could bring along.
 */

export interface FairQueueOptions {
  /** Of those that are free an owner gets only so many that there is room for others. Default: false, for what is over soon. */
  readonly leavesRoom?: boolean
}

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
  readonly #leavesRoom: boolean
  #active = 0

  constructor(places: number, { leavesRoom = false }: FairQueueOptions = {}) {
    this.#places = places
    this.#leavesRoom = leavesRoom
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
    if (line.waiting.length === 0 && this.#hasPlace(line, own)) this.#occupy(line)
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

  #hasPlace({ active }: Line, own: number): boolean {
    const free = this.#places - this.#active
    return active < own && free > (this.#leavesRoom ? active : 0)
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
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [owner, line] = next
      const waiter = line.waiting.shift()
      this.#occupy(line)
      this.#lines.delete(owner)
      this.#lines.set(owner, line)
      waiter?.go()
    }
  }

  /** Of those who wait and may have another place the one with the fewest; among equals the one whose last turn is longest ago. */
  #next(): readonly [Owner, Line] | undefined {
    const ready = [...this.#lines].filter(([, line]) => line.waiting[0] !== undefined && this.#hasPlace(line, line.waiting[0].own))
    const fewest = Math.min(...ready.map(([, { active }]) => active))
    return ready.find(([, { active }]) => active === fewest)
  }

  #forget(owner: Owner, line: Line): void {
    if (line.active === 0 && line.waiting.length === 0 && this.#lines.get(owner) === line) this.#lines.delete(owner)
  }
}
