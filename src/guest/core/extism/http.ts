/**
 * Extism's `http_request`: through the broker, by the extension's own permissions. A request that fails ends the call, as in other hosts of
 * Extism.
 */
import { joinBytes } from '../../../util/bytes.ts'
import type { GuestSink, GuestSource, Outward } from '../../outward.ts'
import { andThen, type MaybePromise } from '../../wait/maybe.ts'
import { CoreFault, GuestFailure } from '../failure.ts'
import type { ImportFunction } from '../link.ts'
import type { Kernel } from './kernel.ts'

type Bytes = Uint8Array<ArrayBuffer>

interface Request {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
}

/** Of the wire's window for a stream, 256 KiB. */
const MAX_AHEAD = 192 * 2 ** 10

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

export function httpImports(kernel: Kernel, outward: () => Outward): ReadonlyMap<string, ImportFunction> {
  let status = 0
  let headers = '' // of the last response, as JSON
  return new Map<string, ImportFunction>([
    ['http_request', { type: 'II>I', waits: true, run: (request: bigint, body: bigint): MaybePromise<bigint> => {
      const parsed = parseRequest(kernel.textAt(request))
      const bytes = BODILESS.has(parsed.method) ? undefined : kernel.memory.read(body)
      return andThen(send(outward(), parsed, bytes), (reply) => {
        status = numberOf(reply, 'status')
        headers = JSON.stringify(headersOf(reply))
        return andThen(readBody(outward(), reply), (content) => kernel.memory.store(content))
      })
    } }],
    ['http_status_code', { type: '>i', run: () => status }],
    ['http_headers', { type: '>I', run: () => (headers === '' ? 0n : kernel.memory.store(new TextEncoder().encode(headers))) }],
  ])
}

function send(outward: Outward, { url, method, headers }: Request, body: Bytes | undefined): MaybePromise<unknown> {
  const upload = body === undefined ? undefined : outward.openStream()
  const request = { url, method, headers: headers.map((pair) => [...pair]), body: upload?.id ?? null }
  if (upload === undefined || body === undefined) return outward.capability('http.fetch', [request])
  if (outward.waits === 'jspi') {
    const reply = outward.capability('http.fetch', [request])
    void Promise.resolve(writeBody(upload.sink, body)).catch(() => {}) // the reply says why nobody took it
    return reply
  }
  // Who blocks for the answer cannot send meanwhile: all of the body must fit into what the receiver takes unasked.
  const tooLarge = `http_request: a body of more than ${MAX_AHEAD} bytes needs JSPI.`
  if (body.length > MAX_AHEAD) throw new GuestFailure('HttpError', tooLarge, 'body-too-large')
  return andThen(writeBody(upload.sink, body), () => outward.capability('http.fetch', [request]))
}

function writeBody(sink: GuestSink, body: Bytes): MaybePromise<void> {
  return andThen(body.length === 0 ? undefined : sink.write(body), () => sink.end())
}

function readBody(outward: Outward, reply: unknown): MaybePromise<Bytes> {
  const id = fieldOf(reply, 'body')
  return typeof id === 'number' ? readAll(outward.acceptStream(id), []) : new Uint8Array()
}

function readAll(source: GuestSource, chunks: Bytes[]): MaybePromise<Bytes> {
  return andThen(source.read(), (chunk) => {
    if (chunk === undefined) return joinBytes(chunks, chunks.reduce((sum, { length }) => sum + length, 0))
    chunks.push(chunk)
    return readAll(source, chunks)
  })
}

/** @throws {GuestFailure} */
function parseRequest(text: string): Request {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    throw new GuestFailure('HttpError', 'http_request: the request is not JSON.', 'invalid-argument')
  }
  const [url, method, headers] = [fieldOf(input, 'url'), fieldOf(input, 'method'), fieldOf(input, 'headers')]
  if (typeof url !== 'string') throw new GuestFailure('HttpError', 'http_request: the request has no url.', 'invalid-argument')
  const pairs = typeof headers === 'object' && headers !== null ? Object.entries(headers) : []
  return { url, method: typeof method === 'string' ? method.toUpperCase() : 'GET', headers: pairs.map(([name, value]) => [name, String(value)]) }
}

function headersOf(reply: unknown): Record<string, string> {
  const headers = fieldOf(reply, 'headers')
  const record: Record<string, string> = Object.create(null)
  for (const pair of Array.isArray(headers) ? (headers as readonly unknown[]) : []) {
    const [name, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : []
    if (typeof name === 'string') record[name] = String(value)
  }
  return record
}

function numberOf(reply: unknown, field: string): number {
  const value = fieldOf(reply, field)
  if (typeof value !== 'number') throw new CoreFault('crashed', 'The host answered a request in an unknown form.')
  return value
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined
}
