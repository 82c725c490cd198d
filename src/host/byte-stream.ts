/** The wire's streams as the platform's, on the page. */
import type { ErrorRecord } from '../wire/payload.ts'
import type { IncomingStream, OutgoingStream } from '../wire/stream.ts'

/**
 * Sends `source` under the receiver's credit. Takes ownership: a source that fails ends the stream at once, also while it waits for credit;
 * a guest that ends the stream cancels the source, `signal` ends both. Never rejects.
 */
export async function pump(
  source: ReadableStream<Uint8Array<ArrayBuffer>>, stream: OutgoingStream, toRecord: (error: unknown) => ErrorRecord, signal?: AbortSignal,
): Promise<void> {
  const reader = source.getReader()
  signal?.addEventListener('abort', () => {
    stream.fail(toRecord(signal.reason))
    reader.cancel(signal.reason).catch(() => {}) // its own failure is nobody's any more
  }, { once: true })
  stream.onCancel = () => void reader.cancel().catch(() => {}) // nobody reads any more
  const failed = reader.closed.catch((error: unknown) => stream.fail(toRecord(error)))
  try {
    while (!stream.isEnded) {
      const { done, value } = await reader.read()
      if (done) return stream.end()
      await stream.write(value)
    }
  } catch {
    await failed // it has told the guest
  }
}

/** A guest's stream to read on the page; `signal` ends it with its reason. */
export function toReadable(stream: IncomingStream, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  const abandon = (): void => stream.abandon(signal.reason)
  const settle = (): void => signal.removeEventListener('abort', abandon)
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: () => {
        if (signal.aborted) abandon()
        else signal.addEventListener('abort', abandon, { once: true })
      },
      pull: async (controller) => {
        const chunk = await stream.read().catch((error: unknown) => {
          settle()
          throw error
        })
        if (chunk) return controller.enqueue(chunk)
        settle()
        controller.close()
      },
      cancel: () => {
        settle()
        stream.cancel()
      },
    },
    { highWaterMark: 0 }, // credit flows only for what is read
  )
}
