/** Bodies on their way over the bridge, in both directions. */
import type { Bridge, GuestSink } from '../bridge.ts'
import { createFailingStream, toChunk, type BodyStream, type CreatedStream } from './body-stream.ts'
import { openReader } from './streams.ts'

/** Errors that say what to do; everything else of the network's is a TypeError, as in browsers. */
const OWN_NAMES: readonly unknown[] = ['PermissionError', 'LimitError', 'DisposedError']

/** What crosses at once. */
const PIECE_BYTES = 64 * 2 ** 10

/** A stream of the page's as a body. `onEnd` runs when it has ended in any way. */
export function createDownload(bridge: Bridge, id: number, onEnd: () => void): CreatedStream {
  const source = bridge.acceptStream(id)
  return createFailingStream({
    pull: async () => {
      try {
        const chunk = await source.read()
        if (chunk === undefined) onEnd()
        return chunk as Uint8Array<ArrayBuffer> | undefined // there is no SharedArrayBuffer in the guest
      } catch (error) {
        onEnd()
        throw toNetworkError(error)
      }
    },
    cancel: () => {
      onEnd()
      source.cancel()
    },
  })
}

export interface Upload {
  /** Ends it before its end. */
  stop(error: unknown): void
  /** Resolves when it has ended in any way. */
  readonly ended: Promise<void>
}

/** Sends a body until it ends or the other side has enough. */
export function startUpload(stream: BodyStream, sink: GuestSink): Upload {
  const reader = openReader(stream)
  let isOver = false
  const stop = (error: unknown): void => {
    if (isOver) return
    isOver = true
    sink.fail(error instanceof Error ? error.message : 'The body failed')
    reader.cancel(error).catch(() => undefined)
  }
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (isOver || done) break
      const bytes = toChunk(value)
      for (let offset = 0; offset < bytes.length && !isOver; offset += PIECE_BYTES) {
        await sink.write(bytes.length <= PIECE_BYTES ? bytes : bytes.slice(offset, offset + PIECE_BYTES))
      }
    }
    if (!isOver) sink.end()
    isOver = true
  }
  return { stop, ended: pump().catch(stop) }
}

export function toNetworkError(error: unknown): unknown {
  if (!(error instanceof Error) || OWN_NAMES.includes(error.name)) return error
  const code: unknown = 'code' in error ? error.code : ''
  const told = Object.assign(new TypeError(error.message, { cause: error }), { code: typeof code === 'string' ? code : '' })
  if (error.stack !== undefined) Reflect.defineProperty(told, 'stack', { value: error.stack, writable: true, configurable: true })
  return told
}
