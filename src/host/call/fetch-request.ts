/** What an app passes to `extension.fetch`, as the parts that cross, by the platform's own Request. */

export interface FetchInit extends RequestInit {
  /** Until the response's head is there, and for each read of its body; at most the extension's `callMs`, which is the default. */
  readonly timeoutMs?: number
}

export interface PreparedRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null
  readonly signal: AbortSignal
}

/** @throws {TypeError} as `new Request` does, and for a stream as body of a GET or HEAD */
export async function prepareRequest(input: Request | string | URL, init: FetchInit): Promise<PreparedRequest> {
  const { body, ...rest } = init
  const isStream = body instanceof ReadableStream
  // A stream goes around the Request: some engines make text of it, others ask for `duplex`.
  const request = isStream ? new Request(input, rest) : new Request(input, init)
  const { url, method, headers, signal } = request
  if (isStream && (method === 'GET' || method === 'HEAD')) throw new TypeError(`A ${method} request cannot have a body.`)
  return { url, method, headers: [...headers], body: isStream ? body.pipeThrough(createCopier()) : await readBody(request), signal }
}

/** Not every engine shows a request's stream. */
async function readBody(request: Request): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  if ('body' in Request.prototype) return request.body
  const bytes = await request.arrayBuffer()
  return bytes.byteLength === 0 ? null : new Response(bytes).body
}

/** Chunks are transferred on their way, and those of the app's own stream may still be in use there. */
function createCopier(): TransformStream<unknown, Uint8Array<ArrayBuffer>> {
  return new TransformStream<unknown, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('The stream of a body must give Uint8Arrays.')
      if (chunk.byteLength > 0) controller.enqueue(new Uint8Array(chunk))
    },
  })
}
