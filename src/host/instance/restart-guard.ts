/**
 * Keeps an extension from being started again and again whose workers have to be ended without an answer: some engines never stop a native
 * loop, and each such worker burns a core.
 */
import { LimitError } from '../../errors.ts'

/** Deaths that the worker did not answer for, in this window... */
const WINDOW_MS = 60_000
/** ...after which starting is refused until the window has passed. */
const MAX_DEATHS = 3

export class RestartGuard {
  #deaths: number[] = []

  /** A worker was ended that gave no answer. */
  noteDeath(): void {
    this.#deaths.push(performance.now())
  }

  /** Deaths within the window, and for how long they keep the extension from being started. */
  get state(): { readonly unconfirmedDeaths: number; readonly refusedForMs: number } {
    const since = performance.now() - WINDOW_MS
    this.#deaths = this.#deaths.filter((time) => time > since)
    const isRefused = this.#deaths.length >= MAX_DEATHS
    return { unconfirmedDeaths: this.#deaths.length, refusedForMs: isRefused ? Math.ceil((this.#deaths[0] ?? 0) - since) : 0 }
  }

  /** @throws {LimitError} restart-limit */
  admitStart(): void {
    const { unconfirmedDeaths, refusedForMs } = this.state
    if (refusedForMs === 0) return
    const message = `The extension's worker had to be ended ${unconfirmedDeaths} times within a minute without answering; it is not started for now.`
    throw new LimitError('restart-limit', message, { details: { retryAfterMs: refusedForMs } })
  }
}
