/**
 * Bodies under a cap that counts what really arrives: Content-Length is a stranger's word, and the compressed size at that.
 * A body that goes beyond is cut within one chunk, endless streams and compression bombs included.
 */
import { LimitError } from '../errors.ts'
import { joinBytes } from '../util/bytes.ts'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * The whole of a request's body. Takes ownership of `source`, which is cancelled when it fails.
 *
 * @throws {LimitError} body-too-large; or the signal's reason; or what the source fails with
 */
export async function collectBody(source: ReadableStream<Bytes>, maxBytes: number, signal: AbortSignal): Promise<Bytes> {
  const reader = source.getReader()
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks: Bytes[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return joinBytes(chunks, size)
      size += value.byteLength
      if (size > maxBytes) throw bodyError('request', maxBytes)
      chunks.push(value)
    }
  } catch (error) {
    void reader.cancel(error).catch(() => undefined)
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export interface CapOptions {
  readonly maxBytes: number
  /** Told of every chunk; throws to end the body. */
  readonly count: (bytes: number) => void
  /** Called when the guest waits for bytes of the network's; what it gives is called when they are there. */
  readonly waiting: () => () => void
  /** Ends the body with its reason, also while nobody reads. */
  readonly signal: AbortSignal
  /** What the reader of the body gets to see in place of an error of the network's. */
  readonly toError: (cause: unknown) => unknown
  /** Called once, when the body is over in any way; the source is cancelled unless it ended by itself. */
  readonly onEnd: () => void
}

/** A response's body under its limits. Takes ownership of `source`. Reads on demand only, one chunk at a time. */
export function capBody(source: ReadableStream<Bytes>, options: CapOptions): ReadableStream<Bytes> {
  const reader = source.getReader()
  const { signal } = options
  let size = 0
  let abort = (): void => undefined
  const end = (error?: unknown): void => {
    signal.removeEventListener('abort', abort)
    if (error !== undefined) void reader.cancel(error).catch(() => undefined)
    options.onEnd()
  }
  return new ReadableStream<Bytes>({
    start: (controller) => {
      abort = () => {
        controller.error(signal.reason)
        end(signal.reason)
      }
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    },
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read().finally(options.waiting())
        if (signal.aborted) return
        if (done) {
          controller.close()
          return end()
        }
        size += value.byteLength
        if (size > options.maxBytes) throw bodyError('response', options.maxBytes)
        options.count(value.byteLength)
        controller.enqueue(value)
      } catch (cause) {
        if (signal.aborted) return
        const error = cause instanceof LimitError ? cause : options.toError(cause)
        controller.error(error)
        end(error)
      }
    },
    cancel: (reason) => end(reason ?? new Error('cancelled')),
  }, { highWaterMark: 0 })
}

function bodyError(which: string, maxBytes: number): LimitError {
  return new LimitError('body-too-large', `The ${which}'s body is larger than ${maxBytes} bytes.`, { details: { limit: 'httpBodyBytes', maxBytes } })
}
