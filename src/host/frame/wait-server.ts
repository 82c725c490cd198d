/**
 * Serves a worker that blocks while it waits (shared memory instead of JSPI): one request at a time over a port of its own, each answered
 * through the frame, which alone can write where the worker looks. A blocked worker handles no stream frames, so its half of every stream is
 * kept here, and it asks for the next chunk. The port has the budget of an ordinary one; its credit is the answer, without which an honest
 * worker sends nothing.
 */
import { DisposedError, WireError } from '../../errors.ts'
import { ReceiveBudget } from '../../wire/budget.ts'
import { Intake } from '../../wire/intake.ts'
import { parsePayload, sizeOf } from '../../wire/message.ts'
import type { ErrorRecord, Outcome, Payload } from '../../wire/payload.ts'
import { ABORTED_CODE, encodeAnswer, parseWaitRequest, PIECE_BYTES, type WaitRequest } from '../../wire/shared-answer.ts'
import { type IncomingStream, type OutgoingStream, StreamError } from '../../wire/stream.ts'
import { StreamTable } from '../../wire/stream-table.ts'
import { encodeValue } from '../../wire/value.ts'
import type { Holdings } from './conversation.ts'

/** A worker's way to wait, as the ring gives it. */
export interface WaitLine {
  /** Requests come here. Owned by the server. */
  readonly port: MessagePort
  /** Puts one piece of an answer before the worker and wakes it. */
  answer(piece: Uint8Array<ArrayBuffer>, isLast: boolean): void
}

export interface WaitServerOptions {
  /** Rejects only with a WireError. */
  readonly capability: (method: string, args: Payload, holdings: Holdings) => Promise<Outcome>
  readonly onBreach: (error: WireError) => void
}

export class WaitServer {
  readonly #line: WaitLine
  readonly #options: WaitServerOptions
  readonly #budget = new ReceiveBudget(() => {})
  readonly #intake = new Intake<WaitRequest>((request) => this.#serve(request))
  #epoch = new Epoch()
  /** From a request's arrival until the worker has its answer, or a piece of it. */
  #isBusy = false
  #resting: ReturnType<typeof setTimeout> | undefined
  #interrupt: (() => void) | undefined
  /** Of an answer that did not fit: what is left. */
  #rest: Uint8Array<ArrayBuffer> | undefined

  constructor(line: WaitLine, options: WaitServerOptions) {
    this.#line = line
    this.#options = options
    line.port.onmessage = (event: MessageEvent<unknown>) => this.#receive(event)
    line.port.onmessageerror = () => this.#options.onBreach(malformed('what this page cannot receive'))
  }

  /** The worker blocks because of us: it is alive. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** The page's half of the streams that the worker asks for. */
  get streams(): StreamTable {
    return this.#epoch.streams
  }

  /** The worker waits no longer: the caller gave up. What it waited for may still happen. */
  interrupt(): void {
    if (this.#isBusy) this.#interrupt?.()
  }

  /** What the guest held is void. */
  reset(): void {
    this.#epoch.end(new DisposedError('disposed', 'The call that this belonged to has ended.'))
    this.#epoch = new Epoch()
  }

  end(reason: unknown): void {
    this.#line.port.onmessage = null
    this.#line.port.close()
    this.#budget.dispose()
    this.#intake.dispose()
    clearTimeout(this.#resting)
    this.#epoch.end(reason)
  }

  #receive({ data, ports }: MessageEvent<unknown>): void {
    try {
      const request = parseWaitRequest(data)
      const bytes = request === undefined ? 0 : bytesOf(request)
      this.#budget.charge(bytes)
      if (request === undefined || ports.length > 0) throw malformed('a request of an unknown form')
      if (this.#isBusy) throw malformed('a second request while one waits')
      if ((request.op === 'more') !== (this.#rest !== undefined)) throw malformed('a request out of turn')
      this.#isBusy = true
      this.#budget.settle(bytes) // one at a time: never more than one message's in flight
      this.#intake.accept(request)
    } catch (error) {
      this.#options.onBreach(error instanceof WireError ? error : malformed('a request that could not be read', error))
    }
  }

  #serve(request: WaitRequest): void {
    if (request.op === 'more') return this.#send(this.#rest ?? new Uint8Array(0))
    const interrupted = new Promise<Outcome>((resolve) => {
      this.#interrupt = () => resolve(fails(ABORTED_CODE, 'The call was aborted.'))
    })
    Promise.race([this.#answer(request), interrupted]).then(
      (outcome) => this.#send(encodeAnswer(outcome)),
      (error: unknown) => this.#options.onBreach(error instanceof WireError ? error : malformed('a request that could not be read', error)),
    )
  }

  /** Later where the worker asks close to as often as it may: so an honest one never meets that ceiling. */
  #send(bytes: Uint8Array<ArrayBuffer>): void {
    const { restMs } = this.#budget
    if (restMs > 0) this.#resting = setTimeout(() => this.#sendNow(bytes), restMs)
    else this.#sendNow(bytes)
  }

  #sendNow(bytes: Uint8Array<ArrayBuffer>): void {
    this.#isBusy = false
    const isLast = bytes.length <= PIECE_BYTES
    this.#rest = isLast ? undefined : bytes.subarray(PIECE_BYTES)
    this.#line.answer(bytes.slice(0, PIECE_BYTES), isLast)
  }

  async #answer(request: Exclude<WaitRequest, { readonly op: 'more' }>): Promise<Outcome> {
    if (request.op !== 'capability') return this.#epoch.answer(request)
    const args = parsePayload(request.payload)
    if (args === undefined) throw new WireError('malformed-message', `The guest's side called "${request.method}" in an unknown form.`)
    return this.#options.capability(request.method, args, this.#epoch)
  }
}

function bytesOf(request: WaitRequest): number {
  if (request.op === 'capability') return sizeOf(request.payload)
  return request.op === 'write' ? request.bytes.byteLength : 0
}

function malformed(what: string, cause?: unknown): WireError {
  return new WireError('malformed-message', `The guest's side sent ${what}.`, { cause })
}

/** As many as a session takes. */
const MAX_WRITERS = 512

type StreamRequest = Exclude<WaitRequest, { readonly op: 'more' | 'capability' }>

/** Both halves of the streams of one run of the guest's memory, joined here. */
class Epoch implements Holdings {
  readonly #controller = new AbortController()
  readonly streams: StreamTable
  readonly #guest: StreamTable
  readonly #readers = new Map<number, IncomingStream>()
  readonly #writers = new Map<number, QueuedWriter>()
  readonly #queue = { bytes: 0 }

  constructor() {
    const onConsumed = (): void => {} // no bytes are in flight on a port
    this.streams = new StreamTable({ side: 'page', onConsumed, send: (id, frame) => queueMicrotask(() => this.#guest.receive(id, frame)) })
    this.#guest = new StreamTable({ side: 'guest', onConsumed, send: (id, frame) => queueMicrotask(() => this.streams.receive(id, frame)) })
  }

  get epochSignal(): AbortSignal {
    return this.#controller.signal
  }

  end(reason: unknown): void {
    this.#controller.abort(reason)
    this.streams.abandon(reason)
    this.#guest.abandon(reason)
  }

  async answer(request: StreamRequest): Promise<Outcome> {
    switch (request.op) {
      case 'open': {
        if (this.#writers.size >= MAX_WRITERS) throw new WireError('flood', "The guest's side opens more streams than it may.")
        const { id, stream } = this.#guest.open()
        this.#writers.set(id, new QueuedWriter(stream, this.#queue))
        return gives(id)
      }
      case 'sleep':
        await new Promise((resolve) => setTimeout(resolve, request.ms))
        return gives(undefined)
      case 'read':
        return this.#read(request.stream)
      case 'write': {
        const writer = this.#writers.get(request.stream)
        if (writer === undefined || writer.isEnded) return fails('internal', 'The receiver wants no more.')
        await writer.write(new Uint8Array(request.bytes))
        return writer.isEnded ? fails('internal', 'The receiver wants no more.') : gives(undefined)
      }
      default:
        this.#close(request)
        return gives(undefined)
    }
  }

  async #read(id: number): Promise<Outcome> {
    const reader = this.#readers.get(id) ?? this.#guest.claim(id)
    if (reader === undefined) {
      const error = this.#guest.takeFailure(id)
      return error === undefined ? fails('internal', 'There is no such stream.') : { ok: false, error }
    }
    this.#readers.set(id, reader)
    try {
      const chunk = await reader.read()
      if (chunk === undefined) this.#readers.delete(id)
      return gives(chunk)
    } catch (error) {
      this.#readers.delete(id)
      return error instanceof StreamError ? { ok: false, error: error.record } : fails('internal', 'The stream failed.')
    }
  }

  #close(request: Extract<StreamRequest, { readonly op: 'end' | 'cancel' | 'fail' }>): void {
    const { stream } = request
    if (request.op === 'cancel') {
      const reader = this.#readers.get(stream) ?? this.#guest.claim(stream)
      this.#readers.delete(stream)
      return reader?.cancel()
    }
    const writer = this.#writers.get(stream)
    this.#writers.delete(stream)
    if (request.op === 'fail') writer?.fail(record(request.code, request.message))
    else writer?.end()
  }
}

/** For the bodies of all streams together; more than one request may have. */
const MAX_QUEUED_BYTES = 16 * 2 ** 20

/**
 * A worker that blocks writes a body before it asks for the request to be made: nobody reads by then, so the bytes are kept here, up to a
 * limit. Beyond it the writer waits for its reader.
 */
class QueuedWriter {
  readonly #stream: OutgoingStream
  /** Shared with the others. */
  readonly #queue: { bytes: number }
  #last: Promise<void> = Promise.resolve()

  constructor(stream: OutgoingStream, queue: { bytes: number }) {
    this.#stream = stream
    this.#queue = queue
  }

  get isEnded(): boolean {
    return this.#stream.isEnded
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { length } = bytes
    this.#queue.bytes += length
    this.#last = this.#last.then(() => this.#stream.write(bytes)).finally(() => (this.#queue.bytes -= length))
    if (this.#queue.bytes > MAX_QUEUED_BYTES) await this.#last
  }

  end(): void {
    void this.#last.then(() => this.#stream.end())
  }

  fail(error: ErrorRecord): void {
    this.#stream.fail(error)
  }
}

function gives(value: unknown): Outcome {
  return { ok: true, value: encodeValue(value) }
}

function fails(code: string, message: string): Outcome {
  return { ok: false, error: record(code, message) }
}

function record(code: string, message: string): ErrorRecord {
  return { name: 'Error', message, code, stack: '' }
}
