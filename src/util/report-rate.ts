/**
 * What is met in a loop is reported at its first time, and then once a second, with how often: it says the same as thousands of reports, and
 * neither a listener of the app's nor a log on disk nor the wire is flooded by them.
 */
import type { SetTimer } from './timer.ts'

const EVERY_MS = 1000

export interface ReportRateOptions<Name extends string> {
  readonly setTimer: SetTimer
  readonly report: (name: Name, times: number) => void
}

/** The second after a report. */
interface Burst {
  readonly cancel: () => void
  /** Times since then. */
  more: number
}

export class ReportRate<Name extends string> {
  readonly #options: ReportRateOptions<Name>
  readonly #bursts = new Map<Name, Burst>()
  #hasEnded = false

  constructor(options: ReportRateOptions<Name>) {
    this.#options = options
  }

  /** Names come from a closed list. */
  met(name: Name, times = 1): void {
    const burst = this.#bursts.get(name)
    if (burst === undefined) this.#report(name, times)
    else burst.more += times
  }

  /** Reports what is left; from now on a name that was reported in the last second is not reported again. Idempotent. */
  end(): void {
    this.#hasEnded = true
    for (const [name, burst] of this.#bursts) {
      burst.cancel()
      if (burst.more > 0) this.#options.report(name, burst.more)
      burst.more = 0
    }
  }

  #report(name: Name, times: number): void {
    const { setTimer, report } = this.#options
    this.#bursts.set(name, { cancel: this.#hasEnded ? () => {} : setTimer(() => this.#over(name), EVERY_MS), more: 0 })
    report(name, times)
  }

  #over(name: Name): void {
    const more = this.#bursts.get(name)?.more ?? 0
    this.#bursts.delete(name)
    if (more > 0) this.#report(name, more)
  }
}
