/**
 * `export default { fetch(request, env, ctx) }`: requests of the page's, answered by the guest. The shape is that of other runtimes' workers.
 * https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/
 */
import type { Bridge } from '../bridge.ts'
import { abortSignal, defaultReason } from './abort-state.ts'
import { abortOf } from './abort.ts'
import { streamOf, usableContentOf } from './body.ts'
import { createDownload, startUpload, type Upload } from './body-transfer.ts'
import type { CreatedStream } from './body-stream.ts'
import { gloveboxOf } from './glovebox/index.ts'
import { requestOf } from './request.ts'
import { isResponse, responseStateOf } from './response.ts'
import { toDictionary } from './web-idl.ts'

export interface FetchServer {
  /** Runs the handler; resolves with the response's head, for the page. Its number can be aborted until it says that all has ended. */
  serve(id: number, owner: unknown, handler: Function, head: unknown): Promise<unknown>
}

const { apply } = Reflect

export function createFetchServer(bridge: Bridge): FetchServer {
  const running = new Map<number, Exchange>()
  bridge.on('abort', (id) => running.get(Number(id))?.abort())

  return {
    async serve(id, owner, handler, head) {
      const exchange = new Exchange(bridge)
      running.set(id, exchange)
      try {
        return exchange.respond(await apply(handler, owner, [exchange.createRequest(head), gloveboxOf(bridge), exchange.createContext()]))
      } finally {
        void exchange.end().then(() => {
          running.delete(id)
          bridge.call('call.settled', id)
        })
      }
    },
  }
}

/** One request and its response. */
class Exchange {
  readonly #bridge: Bridge
  readonly #signal: object
  readonly #tasks: Promise<unknown>[] = []
  #download: CreatedStream | undefined
  #upload: Upload | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    // The signal of a controller: one made by `any` passes on nothing but its sources' aborts.
    this.#signal = Object(Reflect.get(Reflect.construct(abortOf(bridge).AbortController, []), 'signal'))
  }

  createRequest(head: unknown): object {
    const { url, method, headers, body } = toDictionary(head, 'fetch')
    if (typeof body === 'number') this.#download = createDownload(this.#bridge, body, () => undefined)
    const init = { method, headers, signal: this.#signal, body: this.#download?.stream, duplex: 'half' }
    return new (requestOf(this.#bridge))(url, init)
  }

  createContext(): object {
    return {
      /** The extension is kept for it after the response has ended, as long as for a call. */
      waitUntil: (task: unknown): void => void this.#tasks.push(Promise.resolve(task).catch((error: unknown) => this.#bridge.reportError(error))),
      /** There is nothing behind the extension that could answer in its place. */
      passThroughOnException: (): void => undefined,
    }
  }

  respond(response: unknown): unknown {
    if (!isResponse(response)) throw new TypeError(`The default export's fetch must return a Response, or a promise of one; got ${response === null ? 'null' : typeof response}`)
    const { status, statusText, headers, type } = responseStateOf(response)
    if (type === 'error') throw new TypeError('fetch: the answer is a network error')
    const content = usableContentOf(Object(response))
    if (this.#aborted !== undefined) {
      content?.stream?.cancel(this.#aborted.reason).catch(() => undefined)
      throw this.#aborted.reason
    }
    const sink = content === null ? undefined : this.#bridge.openStream()
    if (content !== null && sink !== undefined) this.#upload = startUpload(streamOf(content), sink)
    return { status, statusText, headers: [...headers.entries()], body: sink?.id ?? null }
  }

  abort(): void {
    if (this.#aborted !== undefined) return
    const reason = defaultReason(undefined)
    this.#aborted = { reason }
    abortSignal(this.#signal, reason)
    this.#download?.fail(reason)
    this.#upload?.stop(reason)
  }

  /** Resolves when the response has been sent and everything that was to be waited for has settled. */
  async end(): Promise<void> {
    await this.#upload?.ended
    for (const task of this.#tasks) await task // grows while it is read
    this.#download?.fail(new TypeError('The request has been answered'))
  }
}
