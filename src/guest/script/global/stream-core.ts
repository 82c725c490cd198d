/**
 * A stream of bytes without its face: one source, pulled a chunk at a time and only when somebody reads, requests in order, one ending.
 * The classes that guests see (body-stream.ts) hold one of these each.
 */

export interface BodySource {
  /** The next chunk, or undefined at the end. Not called twice at once. */
  pull(): Promise<Uint8Array<ArrayBuffer> | undefined>
  cancel(reason: unknown): void
}

export type ReadResult = { readonly done: false; readonly value: Uint8Array<ArrayBuffer> } | { readonly done: true; readonly value: undefined }

interface ReadRequest {
  resolve(result: ReadResult): void
  reject(error: unknown): void
}

const DONE: ReadResult = { done: true, value: undefined }

export class StreamCore {
  status: 'readable' | 'closed' | 'errored' = 'readable'
  error: unknown
  isDisturbed = false
  /** Whoever holds the lock. */
  reader: object | undefined
  readonly #source: BodySource
  /** Chunks that came after their reader had gone. */
  readonly #chunks: Uint8Array<ArrayBuffer>[] = []
  #requests: ReadRequest[] = []
  #isPulling = false
  readonly #onSettled: (() => void)[] = []

  constructor(source: BodySource) {
    this.#source = source
  }

  read(): Promise<ReadResult> {
    this.isDisturbed = true
    return new Promise((resolve, reject) => {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return resolve({ done: false, value: chunk })
      if (this.status === 'closed') return resolve({ ...DONE })
      if (this.status === 'errored') return reject(this.error)
      this.#requests.push({ resolve, reject })
      this.#pump()
    })
  }

  /** Read requests of a reader that goes. */
  rejectRequests(error: unknown): void {
    for (const request of this.#requests.splice(0)) request.reject(error)
  }

  cancel(reason: unknown): Promise<void> {
    this.isDisturbed = true
    if (this.status === 'errored') return Promise.reject(this.error)
    if (this.status === 'closed') return Promise.resolve()
    this.#chunks.length = 0
    this.#settle('closed', undefined)
    return new Promise((resolve) => resolve(this.#source.cancel(reason)))
  }

  /** Ends the stream from outside (an abort): pending reads reject with `error`. */
  fail(error: unknown): void {
    if (this.status !== 'readable') return
    this.#chunks.length = 0
    this.#source.cancel(error)
    this.#settle('errored', error)
  }

  /** Calls `run` once, when the stream has ended in any way. */
  onSettled(run: () => void): void {
    if (this.status === 'readable') this.#onSettled.push(run)
    else run()
  }

  #pump(): void {
    if (this.#isPulling || this.#requests.length === 0 || this.status !== 'readable') return
    this.#isPulling = true
    new Promise<Uint8Array<ArrayBuffer> | undefined>((resolve) => resolve(this.#source.pull())).then((chunk) => {
      this.#isPulling = false
      if (this.status !== 'readable') return
      if (chunk === undefined) return this.#settle('closed', undefined)
      const request = this.#requests.shift()
      if (request === undefined) this.#chunks.push(chunk)
      else request.resolve({ done: false, value: chunk })
      this.#pump()
    }, (error: unknown) => {
      this.#isPulling = false
      if (this.status === 'readable') this.#settle('errored', error)
    })
  }

  #settle(status: 'closed' | 'errored', error: unknown): void {
    this.status = status
    this.error = error
    const requests = this.#requests.splice(0)
    for (const request of requests) {
      if (status === 'closed') request.resolve({ ...DONE })
      else request.reject(error)
    }
    for (const run of this.#onSettled.splice(0)) run()
  }
}
