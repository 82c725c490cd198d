/**
 * Log lines from a guest, as the page believes them: a level of ours, cleaned and capped texts, a time between the receiver's making and now,
 * a call that there was, at most so many bytes a second.
 */
import { WireError } from '../../errors.ts'
import { parseJson } from '../../util/json.ts'
import { cleanText } from '../../util/text.ts'
import { LINE_COST } from '../../util/token-bucket.ts'
import type { Payload } from '../../wire/payload.ts'
import type { LogDetail, LogLevel, SourcePosition } from '../events.ts'

const MAX_LINE = 8192
const MAX_LINES = 256
const LINE_END = /\r\n|\n/
const REPORT_EVERY_MS = 1000
/** JSON may spend six characters on one. */
const MAX_JSON = MAX_LINE * 12 + 100
const MAX_FILE = 256
const MAX_NUMBER = 2 ** 31
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export interface LogReceiverOptions {
  /** Is there room for so many bytes? They are taken then. */
  readonly take: (bytes: number, isForOthers: boolean) => boolean
  /** Has there been a call of that number? */
  readonly isCall: (id: number) => boolean
  /** Takes secrets out, leaving the length. */
  readonly scrub: (text: string) => string
  readonly onLine: (line: Omit<LogDetail, 'extension'>) => void
  /** Lines were lost, to the rate. */
  readonly onLoss: (onBehalfOf: readonly string[] | undefined) => void
}

export class LogReceiver {
  readonly #options: LogReceiverOptions
  readonly #openedAt = Date.now()
  #reportedAt = -Infinity

  constructor(options: LogReceiverOptions) {
    this.#options = options
  }

  /**
   * @param onBehalfOf  ids, where other extensions were served
   *
   * @throws {WireError} malformed-message for a line the guest's own half cannot have made
   */
  receive(args: Payload, onBehalfOf?: readonly string[]): void {
    const { level, text, dropped, time, call, position } = parseLine(args, this.#options.isCall)
    const count = text.split(LINE_END, MAX_LINES).length
    const fits = this.#options.take(text.length + count * LINE_COST, onBehalfOf !== undefined)
    if (dropped > 0 || !fits) this.#report(onBehalfOf)
    if (!fits) return
    // One event a line: a line feed inside could fake a line of somebody else's wherever the host writes them down.
    const { scrub } = this.#options
    const common = { level, time: Math.min(Math.max(time, this.#openedAt), Date.now()), call, position: position && describePlace(position, scrub) }
    for (const line of scrub(text).split(LINE_END, MAX_LINES)) {
      this.#options.onLine({ ...common, text: cleanText(line.replaceAll('\t', '  '), MAX_LINE) })
    }
  }

  /** One event for the lost lines of a second, not one for each. */
  #report(onBehalfOf: readonly string[] | undefined): void {
    const now = performance.now()
    if (now - this.#reportedAt < REPORT_EVERY_MS) return
    this.#reportedAt = now
    this.#options.onLoss(onBehalfOf)
  }
}

type Line = Omit<LogDetail, 'extension'> & { readonly dropped: number }

function parseLine(args: Payload, isCall: (id: number) => boolean): Line {
  const line = args.text.length > MAX_JSON ? undefined : parseJson(args.text)
  const [name, text, dropped, time, call, place]: readonly unknown[] = Array.isArray(line) ? line : []
  const level = LEVELS.find((known) => known === name)
  const isText = typeof text === 'string' && text.length <= MAX_LINE * 2
  if (level === undefined || !isText || typeof dropped !== 'number' || typeof time !== 'number') throw malformedLine()
  if (call !== null && !(typeof call === 'number' && isCall(call))) throw malformedLine()
  return { level, text, dropped, time, call: call ?? undefined, position: parsePlace(place) }
}

function parsePlace(place: unknown): SourcePosition | undefined {
  if (place === null) return undefined
  const [file, line, column]: readonly unknown[] = Array.isArray(place) ? place : []
  if (typeof file !== 'string' || file.length > MAX_LINE || !isPlaceNumber(line) || !isPlaceNumber(column)) throw malformedLine()
  return { file, line, column }
}

/** A file's name is whatever the package, or the guest's own `//# sourceURL`, says. */
function describePlace({ file, line, column }: SourcePosition, scrub: (text: string) => string): SourcePosition {
  return Object.freeze({ file: cleanText(scrub(file), MAX_FILE), line, column })
}

function isPlaceNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_NUMBER
}

function malformedLine(): WireError {
  return new WireError('malformed-message', "The guest's side sent a log line of an unknown form.")
}
