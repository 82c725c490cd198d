/**
 * What an extension's limits and breaches lead to: a row, a count, an event. Told once for each error; and what a guest may meet in a loop once a
 * second for each limit, so that it can fill neither the log nor the app's listeners: at the first, and how often it was since when the second is
 * over, or the extension ends.
 */
import { LimitError, WireError } from '../../errors.ts'
import type { ExtensionMeter } from '../../limit/meter.ts'
import { FIXED_LIMITS, type FixedLimitName, LIMIT_NAMES, type LimitName } from '../../manifest/limits.ts'
import { ReportRate } from '../../util/report-rate.ts'
import type { SetTimer } from '../../util/timer.ts'
import { servedFor } from '../broker/caller.ts'
import type { OwnEvent } from '../broker/capability-record.ts'
import type { LimitDetail } from '../events.ts'

export interface LimitReportsOptions {
  readonly setTimer: SetTimer
  readonly meter: Pick<ExtensionMeter, 'noteRefusal'>
  readonly keep: (event: OwnEvent) => Promise<void>
  /** For telemetry: the limit's name, or the error's code. */
  readonly count: (limit: string) => void
  readonly emit: (detail: Omit<LimitDetail, 'extension'>) => void
}

interface Told {
  readonly error: LimitError | WireError
  readonly onBehalfOf: readonly string[] | undefined
}

export class LimitReports {
  readonly #options: LimitReportsOptions
  readonly #reported = new WeakSet<Error>()
  readonly #rate: ReportRate<string>
  /** As what each was met last. */
  readonly #last = new Map<string, Told>()

  constructor(options: LimitReportsOptions) {
    this.#options = options
    this.#rate = new ReportRate({
      setTimer: options.setTimer,
      report: (name, times) => {
        const told = this.#last.get(name)
        if (told !== undefined) this.#tell(told, times)
      },
    })
  }

  /**
   * Once for each error, though it is met where it arose and again where it ended a call. Other errors are none of its business.
   *
   * @param onBehalfOf  ids, where other extensions were served
   */
  report(error: unknown, onBehalfOf?: readonly string[]): void {
    if (!isReported(error) || this.#reported.has(error)) return
    this.#reported.add(error)
    this.#noteRefusal(error, 1)
    this.#tell({ error, onBehalfOf }, 1)
  }

  /** What a guest may meet in a loop: one event and one row a second for each limit, with how often it was. */
  reportOfGuest(error: unknown, met = 1, onBehalfOf?: readonly string[]): void {
    if (!isReported(error) || this.#reported.has(error)) return
    this.#reported.add(error)
    const limit = this.#noteRefusal(error, met)
    const name = `${limit ?? error.code}${onBehalfOf === undefined ? '' : ' for others'}`
    this.#last.set(name, { error, onBehalfOf })
    this.#rate.met(name, met)
  }

  /** The extension has ended: tells what is left to tell. Idempotent. */
  end(): void {
    this.#rate.end()
  }

  #noteRefusal(error: LimitError | WireError, times: number): AnyLimitName | undefined {
    const limit = limitOf(error)
    if (limit !== undefined) this.#options.meter.noteRefusal(limit, times)
    return limit
  }

  #tell({ error, onBehalfOf }: Told, times: number): void {
    const { keep, count, emit } = this.#options
    const limit = limitOf(error)
    const kept = keep(servedFor(onBehalfOf, { kind: 'limit', outcome: error.code, facts: { ...(limit && { limit }), times } }))
    count(limit ?? error.code)
    void kept.then(() => emit({ code: error.code, message: error.message, limit, times })) // nobody acts on what a crash could make undone
  }
}

function isReported(error: unknown): error is LimitError | WireError {
  return error instanceof LimitError || error instanceof WireError
}

type AnyLimitName = LimitName | FixedLimitName
const FIXED_NAMES = Object.keys(FIXED_LIMITS) as readonly FixedLimitName[] // Object.keys of FIXED_LIMITS

function limitOf({ details }: LimitError | WireError): AnyLimitName | undefined {
  return [...LIMIT_NAMES, ...FIXED_NAMES].find((name) => name === details['limit'])
}
