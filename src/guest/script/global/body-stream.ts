/**
 * The stream of a body as guests see it: as much of ReadableStream as reading bytes needs (reader, cancel, tee, async iteration).
 * https://streams.spec.whatwg.org/#rs-class
 */
import { StreamCore, type BodySource, type ReadResult } from './stream-core.ts'
import { defineInterface, toDictionary } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')
const cores = new WeakMap<object, StreamCore>()

function coreOf(stream: object): StreamCore {
  const core = cores.get(stream)
  if (core === undefined) throw new TypeError('A ReadableStream is required')
  return core
}

/** Seen by guests as `ReadableStream`. */
export class BodyStream {
  constructor(token?: unknown, core?: StreamCore) {
    if (token !== CONSTRUCTION || core === undefined) throw new TypeError('Illegal constructor')
    cores.set(this, core)
  }
  get locked(): boolean {
    return coreOf(this).reader !== undefined
  }
  async cancel(reason?: unknown): Promise<void> {
    const core = coreOf(this)
    if (core.reader !== undefined) throw new TypeError('The stream is locked to a reader')
    await core.cancel(reason)
  }
  getReader(options?: unknown): BodyStreamReader {
    if (toDictionary(options, 'getReader')['mode'] !== undefined) throw new TypeError('getReader: modes are not supported')
    return new BodyStreamReader(this)
  }
  tee(): [BodyStream, BodyStream] {
    return teeStream(this)
  }
  values(options?: unknown): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    const keep = Boolean(toDictionary(options, 'values')['preventCancel'])
    return iterate(this.getReader(), keep)
  }
}
Object.defineProperty(BodyStream.prototype, Symbol.asyncIterator, { value: BodyStream.prototype.values, writable: true, configurable: true })
defineInterface(BodyStream, 'ReadableStream')

/** Seen by guests as `ReadableStreamDefaultReader`. */
export class BodyStreamReader {
  #core: StreamCore | undefined
  readonly #closed: Promise<undefined>
  #rejectClosed: (error: unknown) => void = () => undefined

  constructor(stream: object) {
    const core = coreOf(stream)
    if (core.reader !== undefined) throw new TypeError('The stream is locked to a reader')
    this.#core = core
    core.reader = this
    this.#closed = new Promise((resolve, reject) => {
      this.#rejectClosed = reject
      core.onSettled(() => (core.status === 'errored' ? reject(core.error) : resolve(undefined)))
    })
    this.#closed.catch(() => undefined)
  }
  get closed(): Promise<undefined> {
    return this.#closed
  }
  async read(): Promise<ReadResult> {
    if (this.#core === undefined) throw released()
    return this.#core.read()
  }
  async cancel(reason?: unknown): Promise<void> {
    if (this.#core === undefined) throw released()
    await this.#core.cancel(reason)
  }
  releaseLock(): void {
    const core = this.#core
    if (core === undefined) return
    this.#core = undefined
    core.reader = undefined
    core.rejectRequests(released())
    this.#rejectClosed(released())
  }
}
defineInterface(BodyStreamReader, 'ReadableStreamDefaultReader')

function released(): TypeError {
  return new TypeError('The reader was released')
}

async function* iterate(reader: BodyStreamReader, keep: boolean): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  let isOpen = true
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        isOpen = false
        throw error
      })
      isOpen = !done
      if (value === undefined) return undefined
      yield value
    }
  } finally {
    if (isOpen && !keep) await reader.cancel()
    reader.releaseLock()
  }
}

/** Two streams with all bytes each; the second gets copies. What one has not read yet waits in memory. */
function teeStream(stream: BodyStream): [BodyStream, BodyStream] {
  const reader = stream.getReader()
  const waiting: Uint8Array<ArrayBuffer>[][] = [[], []]
  const cancelled = new Set<number>()
  let reading: Promise<boolean> | undefined
  const readMore = async (): Promise<boolean> => {
    try {
      const { value } = await reader.read()
      if (value === undefined) return false
      waiting.forEach((queue, index) => void (cancelled.has(index) || queue.push(index === 0 ? value : value.slice())))
      return true
    } finally {
      reading = undefined
    }
  }
  const branch = (index: number): BodyStream => createBodyStream({
    pull: async () => {
      while (waiting[index]?.length === 0) {
        reading ??= readMore()
        if (!(await reading)) break
      }
      return waiting[index]?.shift()
    },
    cancel: (reason) => {
      cancelled.add(index)
      waiting[index] = []
      if (cancelled.size === 2) reader.cancel(reason).catch(() => undefined)
    },
  })
  return [branch(0), branch(1)]
}

/** A stream that nobody reads and nobody can reach any more would hold its sender open: it is cancelled. */
const dropped = new FinalizationRegistry<StreamCore>((core) => {
  if (core.reader === undefined) core.cancel(undefined).catch(() => undefined)
})

export function createBodyStream(source: BodySource): BodyStream {
  const core = new StreamCore(source)
  const stream = new BodyStream(CONSTRUCTION, core)
  dropped.register(stream, core)
  return stream
}

export function isBodyStream(value: unknown): value is BodyStream {
  return typeof value === 'object' && value !== null && cores.has(value)
}

/** True when somebody has read from `stream` or cancelled it. */
export function isDisturbed(stream: BodyStream): boolean {
  return coreOf(stream).isDisturbed
}

export function isLocked(stream: BodyStream): boolean {
  return coreOf(stream).reader !== undefined
}

/** How to end `stream` with an error, whoever reads it. Does not keep `stream` itself alive. */
export function failerOf(stream: BodyStream): (error: unknown) => void {
  const core = coreOf(stream)
  return (error) => core.fail(error)
}

/** Calls `run` once, when `stream` has ended in any way. */
export function onBodyStreamEnd(stream: BodyStream, run: () => void): void {
  coreOf(stream).onSettled(run)
}

/** All bytes of `stream`, as one array. Locks it for good. */
export async function readAll(stream: BodyStream): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new BodyStreamReader(stream)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (;;) {
    const { value } = await reader.read()
    if (value === undefined) break
    chunks.push(value)
    length += value.length
  }
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const all = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.length
  }
  return all
}
