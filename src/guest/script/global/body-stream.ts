/** Bodies as streams of bytes: made of a source that is pulled when somebody reads, and read to their end. */
import { joinBytes } from '../../../util/bytes.ts'
import { isByteStream, openReader, ReadableStream } from './streams.ts'
import { clone } from './structured-clone.ts'
import { toBytes } from './web-idl.ts'

export type BodyStream = ReadableStream<unknown>

export interface BodySource {
  /** The next chunk, or undefined at the end. Not called twice at once, nor after the end. The chunk is the stream's from then on. */
  pull(): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Nobody reads on. Not called after the end. */
  cancel(reason: unknown): unknown
}

/** A source until it ends in any way. */
class Feed {
  #source: BodySource | undefined

  constructor(source: BodySource) {
    this.#source = source
  }
  async pull(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    let chunk: Uint8Array<ArrayBuffer> | undefined
    try {
      while (chunk === undefined || chunk.length === 0) {
        chunk = await this.#source?.pull()
        if (chunk === undefined) break
      }
    } catch (error) {
      this.#source = undefined
      throw error
    }
    if (chunk === undefined) this.#source = undefined
    return chunk
  }
  async cancel(reason: unknown): Promise<void> {
    const source = this.#source
    this.#source = undefined
    await source?.cancel(reason)
  }
}

/** A stream that nobody can reach any more would hold its sender open: it is cancelled. Held here is what does not lead to the stream. */
const dropped = new FinalizationRegistry<Feed>((feed) => void feed.cancel(undefined).catch(() => undefined))

export interface CreatedStream {
  readonly stream: BodyStream
  /** Ends the stream with an error, whoever reads it. Does not keep the stream alive. */
  fail(error: unknown): void
}

export function createFailingStream(source: BodySource): CreatedStream {
  const feed = new Feed(source)
  let controller: WeakRef<{ error(reason: unknown): void }> | undefined
  const stream = new ReadableStream<unknown>({
    type: 'bytes',
    start(given) {
      controller = new WeakRef(given)
    },
    async pull(given) {
      const chunk = await feed.pull()
      if (chunk !== undefined) return given.enqueue(chunk)
      given.close()
      given.byobRequest?.respond(0)
    },
    cancel: (reason) => feed.cancel(reason),
  }, { highWaterMark: 0 })
  dropped.register(stream, feed)
  return {
    stream,
    fail(error) {
      feed.cancel(error).catch(() => undefined)
      controller?.deref()?.error(error)
    },
  }
}

export function createBodyStream(source: BodySource): BodyStream {
  return createFailingStream(source).stream
}

/** Another stream with clones of what `stream` gives, which stays locked. */
export function cloneStream(stream: BodyStream): BodyStream {
  const reader = openReader(stream)
  return new ReadableStream<unknown>({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(clone(value).data)
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 })
}

/** Another stream with the bytes of `stream`, which stays locked. */
export function forwardStream(stream: BodyStream): BodyStream {
  const reader = openReader(stream)
  return createBodyStream({
    pull: async () => {
      const { done, value } = await reader.read()
      return done ? undefined : toChunk(value).slice()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** All bytes of `stream`, as one array of the caller's. Locks it for good. */
export async function readAll(stream: BodyStream): Promise<Uint8Array<ArrayBuffer>> {
  const isOwned = isByteStream(stream)
  const reader = openReader(stream)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const chunk = toChunk(value)
    chunks.push(isOwned ? chunk : chunk.slice())
    length += chunk.length
  }
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : joinBytes(chunks, length)
}

/** What a body's stream gives must be Uint8Arrays. */
export function toChunk(value: unknown): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) throw new TypeError(`A body stream must give Uint8Arrays, got ${value === null ? 'null' : typeof value}: send texts through a TextEncoderStream`)
  return toBytes(value, 'body')
}
