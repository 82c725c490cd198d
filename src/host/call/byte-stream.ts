/** The wire's streams as the platform's, on the page. */
import type { ErrorRecord } from '../../wire/payload.ts'
import type { IncomingStream, OutgoingStream } from '../../wire/stream.ts'

/**
 * Sends `source` under the receiver's credit. Takes ownership: a source that fails ends the stream at once, also while it waits for credit;
 * a guest that ends the stream cancels the source, `signal` ends both. Never rejects; resolves with the bytes that were sent.
 */
export async function pump(
  source: ReadableStream<Uint8Array<ArrayBuffer>>, stream: OutgoingStream, toRecord: (error: unknown) => ErrorRecord, signal?: AbortSignal,
): Promise<number> {
  const reader = source.getReader()
  let bytes = 0
  signal?.addEventListener('abort', () => {
    stream.fail(toRecord(signal.reason))
    reader.cancel(signal.reason).catch(() => {}) // its own failure is nobody's any more
  }, { once: true })
  stream.onCancel = () => void reader.cancel().catch(() => {}) // nobody reads any more
  const failed = reader.closed.catch((error: unknown) => stream.fail(toRecord(error)))
  try {
    while (!stream.isEnded) {
      const { done, value } = await reader.read()
      if (done) {
        stream.end()
        break
      }
      const { byteLength } = value // sending detaches it
      await stream.write(value)
      bytes += byteLength
    }
  } catch {
    await failed // it has told the guest
  }
  return bytes
}

/** A guest's stream to read on the page; `signal` ends it with its reason. `onEnd` hears how many bytes it had, however it ended. */
export function toReadable(stream: IncomingStream, signal: AbortSignal, onEnd?: (bytes: number) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let bytes = 0
  const abandon = (): void => stream.abandon(signal.reason)
  const settle = (): void => {
    signal.removeEventListener('abort', abandon)
    onEnd?.(bytes)
  }
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
        if (chunk) {
          bytes += chunk.byteLength
          return controller.enqueue(chunk)
        }
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
