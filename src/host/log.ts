/** Log lines from a guest, as the page believes them: a level of ours, cleaned and capped text, at most so many bytes a second. */
import { WireError } from '../errors.ts'
import type { Limits } from '../manifest/limits.ts'
import { cleanText } from '../util/text.ts'
import { LINE_COST, TokenBucket } from '../util/token-bucket.ts'
import type { Payload } from '../wire/payload.ts'
import type { Emit, LogLevel } from './events.ts'

const MAX_LINE = 8192
const MAX_LINES = 256
const REPORT_EVERY_MS = 1000
/** JSON may spend six characters on one. */
const MAX_JSON = MAX_LINE * 12 + 100
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export class LogReceiver {
  readonly #emit: Emit
  readonly #bucket: TokenBucket
  #reportedAt = -Infinity

  constructor(limits: Limits, emit: Emit) {
    this.#emit = emit
    this.#bucket = new TokenBucket(limits.logBytesPerSecond, 1000, performance.now())
  }

  /** @throws {WireError} malformed-message for a line the guest's own half cannot have made */
  receive(args: Payload): void {
    const { level, text, dropped } = parseLine(args)
    const lines = text.split(/\r\n|\n/, MAX_LINES)
    const fits = this.#bucket.take(text.length + lines.length * LINE_COST, performance.now())
    if (dropped > 0 || !fits) this.#report()
    if (!fits) return
    // One event a line: a line feed inside could fake a line of somebody else's wherever the host writes them down.
    for (const line of lines) this.#emit('log', { level, text: cleanText(line.replaceAll('\t', '  '), MAX_LINE) })
  }

  /** One event for the lost lines of a second, not one for each. */
  #report(): void {
    const now = performance.now()
    if (now - this.#reportedAt < REPORT_EVERY_MS) return
    this.#reportedAt = now
    this.#emit('limit', { code: 'rate-limit', message: 'The extension logs more than it may; lines are lost.' })
  }
}

function parseLine(args: Payload): { readonly level: LogLevel; readonly text: string; readonly dropped: number } {
  const line = args.text.length > MAX_JSON ? undefined : parseJson(args.text)
  const [name, text, dropped]: readonly unknown[] = Array.isArray(line) ? line : []
  const level = LEVELS.find((known) => known === name)
  if (level === undefined || typeof text !== 'string' || text.length > MAX_LINE * 2 || typeof dropped !== 'number') {
    throw new WireError('malformed-message', "The guest's side sent a log line of an unknown form.")
  }
  return { level, text, dropped }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
