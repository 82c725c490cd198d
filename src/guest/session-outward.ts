/** The way out of a guest's worker in terms of the wire: over the session to the broker. Both kinds of lanes build on it. */
import { ReportRate } from '../util/report-rate.ts'
import { LINE_COST, TokenBucket } from '../util/token-bucket.ts'
import { encodeMetLimit, type GuestLimit } from '../wire/guest-limit.ts'
import { parseOutcome } from '../wire/message.ts'
import type { ErrorRecord, Outcome, Payload } from '../wire/payload.ts'
import type { Session } from '../wire/session.ts'
import { StreamError, type IncomingStream, type OutgoingStream } from '../wire/stream.ts'
import type { ByteSink, ByteSource, LogContext, LogLevel, Outward } from './script/vm-types.ts'

const now = performance.now.bind(performance)
const later = setTimeout
const noLater = clearTimeout
const readDate = Date.now

export class SessionOutward implements Outward {
  readonly #session: Session
  readonly #logBucket: TokenBucket
  readonly #met: ReportRate<GuestLimit>
  #droppedLines = 0

  constructor(session: Session, logBytesPerSecond: number) {
    this.#session = session
    this.#met = new ReportRate({
      setTimer: (run, ms) => {
        const id = later(run, ms)
        return () => noLater(id)
      },
      report: (limit, times) => {
        session.call('limit', { text: encodeMetLimit({ limit, times }), buffers: [] }).catch(() => {}) // the session ended
      },
    })
    this.#logBucket = new TokenBucket(logBytesPerSecond, 1000, now())
  }

  /** Lines over the rate are counted, not sent: a loop that logs must not fill this worker's memory with a queue. */
  log(level: LogLevel, text: string, context: LogContext): boolean {
    if (!this.#logBucket.take(text.length + LINE_COST, now())) {
      this.#droppedLines++
      this.limitMet('logBytesPerSecond')
      return false
    }
    const dropped = this.#droppedLines
    this.#droppedLines = 0
    const { text: shown, position } = context.resolve()
    const place = position === undefined ? null : [position.file, position.line, position.column]
    const line = [level, shown, dropped, readDate(), context.call ?? null, place]
    this.#session.call('log', { text: JSON.stringify(line), buffers: [] }).catch(() => {}) // the session ended
    return true
  }

  limitMet(limit: GuestLimit): void {
    this.#met.met(limit)
  }

  /** The objects that the page holds are gone, with the memory they were in. The next results come after this. */
  forgotten(): void {
    this.#session.call('forgotten', undefined).catch(() => {}) // the session ended
  }

  /** A task later than the replies to the calls in flight, which know better what happened to each. */
  died(verdict: ErrorRecord): void {
    later(() => this.#session.call('died', verdict).catch(() => {}), 0) // the session may have ended
  }

  async capability(method: string, args: Payload): Promise<Outcome> {
    try {
      const outcome = parseOutcome(await this.#session.call(method, args, args.buffers))
      return outcome ?? { ok: false, error: internalError('The host sent an unknown answer.') }
    } catch {
      return { ok: false, error: internalError('The host is gone.') }
    }
  }

  acceptStream(id: number): ByteSource {
    const stream = this.#session.streams.claim(id)
    // One that failed before the reply that names it was read is gone from the table.
    return stream === undefined ? failedSource(this.#session.streams.takeFailure(id) ?? internalError('There is no such stream.')) : sourceOf(stream)
  }

  openStream(): { readonly id: number; readonly sink: ByteSink } {
    const { id, stream } = this.#session.streams.open()
    return { id, sink: sinkOf(stream) }
  }
}

function failedSource(record: ErrorRecord): ByteSource {
  return { read: () => Promise.reject(new StreamError(record)), cancel: () => {} }
}

function sourceOf(stream: IncomingStream): ByteSource {
  return { read: () => stream.read(), cancel: () => stream.cancel() }
}

function sinkOf(stream: OutgoingStream): ByteSink {
  return {
    async write(bytes) {
      await stream.write(bytes)
      if (stream.isEnded) throw new StreamError(internalError('The receiver wants no more.')) // lest an endless body is read to nobody
    },
    end: () => stream.end(),
    fail: (error) => stream.fail(error),
  }
}

function internalError(message: string): ErrorRecord {
  return { name: 'Error', message, code: 'internal', stack: '' }
}
