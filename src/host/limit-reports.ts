/**
 * A guest may run into a limit in a loop: one report a second for each limit says the same as thousands, and a listener of the app's or a log
 * on disk must not be flooded by them.
 */
const EVERY_MS = 1000

interface Reported {
  readonly at: number
  /** Since then. */
  readonly more: number
}

export class LimitReports {
  readonly #reported = new Map<string, Reported>()

  /** How often it was met since it was last reported, this time included; 0: it is not to be reported now. */
  count(name: string, now: number): number {
    const { at, more } = this.#reported.get(name) ?? { at: -Infinity, more: 0 }
    const isDue = now - at >= EVERY_MS
    this.#reported.set(name, isDue ? { at: now, more: 0 } : { at, more: more + 1 })
    return isDue ? more + 1 : 0
  }
}
