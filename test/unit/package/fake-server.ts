/** A `fetch` that serves from a table, keeps what it was asked, and behaves as badly as a test wants. */
export interface Served {
  readonly body?: BodyInit | null
  readonly status?: number
  readonly type?: string
  readonly redirected?: boolean
  /** Fails as networks, CORS and `redirect: 'error'` do. */
  readonly fails?: boolean
  /** Never answers, and ignores its signal. */
  readonly hangs?: boolean
}

export interface FakeServer {
  readonly fetch: typeof globalThis.fetch
  readonly asked: { readonly url: string; readonly init: RequestInit | undefined }[]
  /** Most requests that were open at the same time. */
  readonly most: () => number
}

export function createFakeServer(routes: ReadonlyMap<string, Served>): FakeServer {
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = []
  const open = { now: 0, most: 0 }
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input)
    asked.push({ url, init })
    open.most = Math.max(open.most, ++open.now)
    await new Promise((resolve) => setTimeout(resolve))
    open.now--
    return respond(routes.get(url) ?? { status: 404, body: 'not here' })
  }
  return { fetch, asked, most: () => open.most }
}

function respond(served: Served): Promise<Response> | Response {
  if (served.hangs === true) return new Promise(() => undefined)
  if (served.fails === true) throw new TypeError('Failed to fetch')
  const response = new Response(served.body ?? null, { status: served.status ?? 200, headers: { 'content-type': served.type ?? 'text/javascript' } })
  if (served.redirected === true) Object.defineProperty(response, 'redirected', { value: true })
  return response
}

/** A body without end: `chunk` at every read, each in a task of its own as from a network; `onCancel` when the reader gives up. */
export function endless(chunk: Uint8Array, onCancel: () => void = () => undefined): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      await new Promise((resolve) => setTimeout(resolve))
      controller.enqueue(chunk)
    },
    cancel: onCancel,
  })
}
