/** The wire's streams as the platform's, on the page. */
import type { ErrorRecord } from '../wire/payload.ts'
import type { IncomingStream, OutgoingStream } from '../wire/stream.ts'

/** Sends `source` under the receiver's credit. Takes ownership: cancels it when the guest, or `signal`, ends the stream. Never rejects. */
export async function pump(source: ReadableStream<Uint8Array<ArrayBuffer>>, stream: OutgoingStream, toRecord: (error: unknown) => ErrorRecord): Promise<void> {
  const reader = source.getReader()
  stream.onCancel = () => void reader.cancel().catch(() => {}) // nobody reads any more
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return stream.end()
      await stream.write(value)
      if (stream.isEnded) return
    }
  } catch (error) {
    stream.fail(toRecord(error))
  }
}

/** A guest's stream to read on the page; `signal` ends it with its reason. */
export function toReadable(stream: IncomingStream, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: () => {
        const abandon = (): void => stream.abandon(signal.reason)
        if (signal.aborted) abandon()
        else signal.addEventListener('abort', abandon, { once: true })
      },
      pull: async (controller) => {
        const chunk = await stream.read()
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel: () => stream.cancel(),
    },
    { highWaterMark: 0 }, // credit flows only for what is read
  )
}
