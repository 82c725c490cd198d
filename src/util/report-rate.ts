/**
 * What is met in a loop is reported once a second, with how often: it says the same as thousands of reports, and neither a listener of the app's
 * nor a log on disk nor the wire is flooded by them.
 */
const EVERY_MS = 1000

interface Reported {
  readonly at: number
  /** Since then. */
  readonly more: number
}

export class ReportRate {
  readonly #reported = new Map<string, Reported>()

  /** How often it was met since it was last reported, these times included; 0: it is not to be reported now. Names come from a closed list. */
  count(name: string, now: number, times = 1): number {
    const { at, more } = this.#reported.get(name) ?? { at: -Infinity, more: 0 }
    const isDue = now - at >= EVERY_MS
    this.#reported.set(name, isDue ? { at: now, more: 0 } : { at, more: more + times })
    return isDue ? more + times : 0
  }
}
