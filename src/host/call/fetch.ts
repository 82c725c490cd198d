/**
 * One request to an extension's `fetch` on a lent instance: both bodies stream under the wire's credit. The instance is the request's until
 * the response's body has ended and the guest has nothing more to wait for.
 */
import { GloveboxError, GuestError, LimitError } from '../../errors.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { ErrorRecord } from '../../wire/payload.ts'
import { StreamError, type IncomingStream } from '../../wire/stream.ts'
import { encodeValue } from '../../wire/value.ts'
import { cleanText } from '../../util/text.ts'
import { pump, toReadable } from './byte-stream.ts'
import { endUnlessAlive, runCall, type DeadlineSet } from './call.ts'
import { Deadline } from '../instance/deadline.ts'
import type { PreparedRequest } from './fetch-request.ts'
import { parseResponseHead } from './fetch-response.ts'
import type { Instance } from '../instance/instance.ts'
import { isFatal, toHostError } from '../instance/outcome.ts'
import type { PendingCall } from '../instance/pending-calls.ts'
import { valueLimits } from './value-limits.ts'
import { withDeadline } from '../frame/with-deadline.ts'

export interface FetchCall {
  readonly call: PendingCall
  readonly request: PreparedRequest
  readonly timeoutMs: number
  readonly limits: Limits
  /** Hears of what fails the body. */
  readonly onFailure: (error: unknown) => void
}

export interface Exchange {
  readonly response: Response
  /** The instance is free. Never rejects. */
  readonly ended: Promise<void>
}

/** @throws as `runCall`, and as `parseResponseHead` */
export async function runFetch(instance: Instance, fetchCall: FetchCall, deadlines: DeadlineSet): Promise<Exchange> {
  const { call, timeoutMs, request: { signal } } = fetchCall
  /** Aborts when the exchange is over, in whatever way. */
  const ending = new AbortController()
  const abort = (): void => end(signal.reason)
  const end = (reason: unknown): void => {
    signal.removeEventListener('abort', abort)
    ending.abort(reason)
    instance.abort(call.id)
  }
  signal.addEventListener('abort', abort)
  try {
    const { head, stream } = await openResponse(instance, fetchCall, deadlines, ending.signal)
    const body = stream && watchBody(stream, { ...fetchCall, instance, deadlines, ending: ending.signal })
    const ended = (body?.ended ?? Promise.resolve())
      .then(() => withDeadline(instance.requestEnded(call.id), timeoutMs, 'The request did not end.'))
      .catch(() => {}) // the instance ended, or what the guest waits for takes too long
      .then(() => end(undefined))
    return { response: new Response(body?.readable ?? null, head), ended }
  } catch (error) {
    end(error)
    throw error
  }
}

interface OpenedResponse {
  readonly head: ReturnType<typeof parseResponseHead>
  readonly stream: IncomingStream | undefined
}

async function openResponse(instance: Instance, fetchCall: FetchCall, deadlines: DeadlineSet, ending: AbortSignal): Promise<OpenedResponse> {
  const { call, request, timeoutMs, limits } = fetchCall
  const { url, method, headers, body, signal } = request
  const upload = body === null ? undefined : instance.streams.open()
  if (body !== null && upload !== undefined) void pump(body, upload.stream, toGuest, ending)
  const args = encodeValue({ url, method, headers, body: upload?.id ?? null }, valueLimits(limits))
  const answer = await runCall(instance, { kind: 'fetch', call, args, timeoutMs, signal, limits }, deadlines)
  try {
    const head = parseResponseHead(answer)
    if (head.body === null) return { head, stream: undefined }
    const stream = instance.streams.claim(head.body)
    if (stream === undefined) {
      const failure = instance.streams.takeFailure(head.body)
      const why = failure === undefined ? 'it is not there' : cleanText(instance.cleaned(failure).message, 1000)
      throw new GuestError('thrown', `The response's body failed at once: ${why}`)
    }
    return { head, stream }
  } catch (error) {
    if (!(error instanceof GuestError || error instanceof LimitError)) instance.breach(error)
    throw error
  }
}

const READ_AHEAD_BYTES = 64 * 1024

interface BodyWatch extends FetchCall {
  readonly instance: Instance
  readonly deadlines: DeadlineSet
  readonly ending: AbortSignal
}

/**
 * The body for the app, read a little ahead: so a small one ends, and frees the instance, also when the app never looks at it. Whoever waits for a
 * chunk longer than for a call gets an error.
 */
function watchBody(stream: IncomingStream, watch: BodyWatch): { readonly readable: ReadableStream; readonly ended: Promise<void> } {
  const { instance, call } = watch
  const life = new BodyLife([instance.epochSignal, watch.ending])
  const reader = toReadable(stream, life.signal).getReader()
  const readable = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await nextChunk(reader, life, watch)
      if (!done) return controller.enqueue(value)
      controller.close()
      life.settle()
    },
    cancel(reason) {
      life.settle()
      instance.abort(call.id) // a guest that waits for its own source would not hear of it
      return reader.cancel(reason)
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }))
  return { readable, ended: life.ended }
}

/** From a body's first byte until it ends, fails, is given up, or breaks with what it depends on. */
class BodyLife {
  readonly ended: Promise<void>
  readonly #broken = new AbortController()
  readonly #listening = new AbortController()
  #end = (): void => {}

  constructor(causes: readonly AbortSignal[]) {
    this.ended = new Promise((resolve) => { this.#end = resolve })
    for (const cause of causes) cause.addEventListener('abort', () => this.fail(cause.reason), { signal: this.#listening.signal })
  }

  /** Aborts when the body breaks. */
  get signal(): AbortSignal {
    return this.#broken.signal
  }

  fail(reason: unknown): void {
    this.#broken.abort(reason)
    this.settle()
  }

  settle(): void {
    this.#listening.abort()
    this.#end()
  }
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>, life: BodyLife, { instance, deadlines, call, timeoutMs, onFailure }: BodyWatch,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  const deadline = new Deadline(timeoutMs, () => {
    life.fail(new LimitError('deadline-exceeded', `The response's body brought nothing for ${timeoutMs} ms.`, { details: { timeoutMs } }))
    instance.abort(call.id)
    endUnlessAlive(instance)
  })
  deadlines.add(deadline)
  try {
    return await reader.read()
  } catch (error) {
    life.settle()
    const known = error instanceof StreamError ? toHostError(instance.cleaned(error.record)) : error
    onFailure(known)
    // The next call must not meet it.
    if (error instanceof StreamError && known instanceof GloveboxError && isFatal(error.record)) instance.end(known, true)
    throw known
  } finally {
    deadline.dispose()
    deadlines.delete(deadline)
  }
}

/** Why the app's body failed is not the guest's to know. */
function toGuest(): ErrorRecord {
  return { name: 'Error', message: 'The body of the request failed.', code: '', stack: '' }
}
