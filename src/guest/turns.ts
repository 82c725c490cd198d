/**
 * The turns that calls into one instance take: it is not entered again while a call of it waits. The page names a call by its number, to abort
 * it before its turn or in it.
 */
import type { ErrorRecord, Outcome } from '../wire/payload.ts'
import { CallAborted } from './outward.ts'

export const ABORTED: ErrorRecord = Object.freeze({ name: 'AbortError', message: 'The call was aborted.', code: '', stack: '' })

interface Turn {
  readonly id: number | undefined
  readonly force: (reason: unknown) => void
}

export class Turns {
  /** Calls that wait for their turn. */
  readonly #queued = new Set<number>()
  #current: Turn | undefined
  /** Replaced by `leave`: turns that waited then are not taken. */
  #era: object = {}
  #last: Promise<unknown> = Promise.resolve()

  /** Another one after every `leave`: what was begun before is nobody's any more. */
  get era(): object {
    return this.#era
  }

  /** Is a turn under way? */
  get isTaken(): boolean {
    return this.#current !== undefined
  }

  /** Number of the call whose turn it is. */
  get current(): number | undefined {
    return this.#current?.id
  }

  /** Runs `work`, which must not reject, when the turns before have ended. It races `forced`, which rejects when the turn is to end at once. */
  take(id: number | undefined, work: (forced: Promise<never>) => Promise<Outcome>): Promise<Outcome> {
    if (id !== undefined) this.#queued.add(id)
    const era = this.#era
    const outcome = this.#last.then((): Outcome | Promise<Outcome> => {
      const isAborted = id !== undefined && !this.#queued.delete(id)
      return isAborted || era !== this.#era ? { ok: false, error: ABORTED } : this.#run(id, work)
    })
    this.#last = outcome
    return outcome
  }

  /** A call that has not begun never does. Gives what ends the turn of one that has, with a CallAborted. */
  abort(id: number): (() => void) | undefined {
    this.#queued.delete(id)
    const turn = this.#current
    return turn?.id === id ? () => turn.force(new CallAborted()) : undefined
  }

  /** Ends the turn that is under way. */
  force(reason: unknown): void {
    this.#current?.force(reason)
  }

  /** Nobody waits any longer for the turn that is under way, nor for those that wait: it ends when it likes, they never begin. */
  leave(): void {
    this.#era = {}
    this.#last = Promise.resolve()
    this.#current = undefined
  }

  async #run(id: number | undefined, work: (forced: Promise<never>) => Promise<Outcome>): Promise<Outcome> {
    let force: Turn['force'] = () => undefined
    const forced = new Promise<never>((_resolve, reject) => {
      force = reject
    })
    forced.catch(() => undefined) // `work` may be over, or not race it yet
    const turn: Turn = { id, force }
    this.#current = turn
    try {
      return await work(forced)
    } finally {
      if (this.#current === turn) this.#current = undefined
    }
  }
}
