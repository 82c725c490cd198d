/**
 * Routes of the test server. Every answer carries permissive CORS headers (credentials included), so that what a test sees blocked was
 * blocked by glovebox and not by the browser; `?cors=no` leaves them out.
 *
 *   GET  /hits?path=          what was asked for since the last reset: [{ method, path, query, headers }]; not itself logged
 *   POST /reset               forgets hits (registered files stay)
 *   POST /register/<name>     body { files: { [path]: string | { base64 } }, headers? }; answers { url }: /files/<name>/
 *   GET  /files/<name>/<path> what was registered; what was registered under an empty name answers at its own path
 *   GET  /dist/<file>         the built library
 *   GET  /escaped/<file>      its frame and engine, with the worker of escaped code
 *   ANY  /echo                { method, path, query, headers, body }
 *   GET  /bytes?n=            n bytes, then the end
 *   GET  /slow?ms=            an answer after ms
 *   GET  /drip?ms=&n=         one byte every ms (default 50), n times (default: for ever)
 *   GET  /gzip-bomb?mib=      that many MiB of zeros (default 256), gzip-encoded
 *   POST /wat                  WebAssembly's text format, compiled
 *   GET  /prepared?fixture=&preparation=  a component of test/fixtures/ as Node prepares it; not logged
 *   ANY  /redirect?to=&status=, /status?code=, /cookie?name=&value=
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { join, normalize } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { RAW_HEADERS, sendFile } from '../../src/build/raw-files-plugin.ts'
import { createFiles } from './files.ts'
import { createPreparations, type Preparations } from './prepared.ts'
import { sendBytes, sendDrip, sendGzipBomb, sendSlow } from './streams.ts'

export interface Hit {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: IncomingMessage['headers']
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const UNLOGGED = new Set(['/hits', '/reset', '/prepared'])

export function createRoutes(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let hits: Hit[] = []
  const files = createFiles()
  const preparations = createPreparations()
  const exact = new Map<string, (exchange: Exchange) => Promise<void> | void>([
    ['/hits', ({ response, url }) => sendJson(response, hits.filter((hit) => hit.path.startsWith(url.searchParams.get('path') ?? '')))],
    ['/reset', ({ response }) => { hits = []; sendJson(response, {}) }],
    ['/echo', echo],
    ['/bytes', sendBytes],
    ['/slow', sendSlow],
    ['/drip', sendDrip],
    ['/gzip-bomb', sendGzipBomb],
    ['/redirect', redirect],
    ['/status', ({ response, url }) => { response.writeHead(numberOf(url, 'code', 200)).end() }],
    ['/cookie', cookie],
    ['/wat', compile],
    ['/prepared', (exchange) => sendPrepared(exchange, preparations)],
  ])
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!UNLOGGED.has(url.pathname)) {
      hits.push({ method: request.method ?? '', path: url.pathname, query: url.search, headers: request.headers })
    }
    if (url.searchParams.get('cors') !== 'no') allowAll(request, response)
    const exchange = { request, response, url }
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else if (url.pathname.startsWith('/register/')) await files.register(exchange)
    else if (url.pathname.startsWith('/files/')) files.send(exchange)
    else if (url.pathname.startsWith('/dist/')) await sendBuilt(exchange, '', 'dist')
    else if (url.pathname.startsWith('/escaped/')) await sendBuilt(exchange, '.cache', 'escaped')
    else await (exact.get(url.pathname) ?? files.sendRoot)(exchange)
  }
}

export function numberOf(url: URL, name: string, fallback: number): number {
  return Number(url.searchParams.get(name) ?? fallback)
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(value))
}

export function notFound({ response }: Exchange): void {
  response.writeHead(404).end()
}

/** A wildcard would not hold for requests with credentials, so the asking origin and headers are named. */
function allowAll(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  response.setHeader('Access-Control-Allow-Origin', origin ?? '*')
  if (origin && origin !== 'null') response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
  response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '*')
  response.setHeader('Access-Control-Expose-Headers', 'Location, X-Test')
  response.setHeader('Access-Control-Allow-Private-Network', 'true')
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  response.setHeader('Vary', 'Origin')
}

async function echo({ request, response, url }: Exchange): Promise<void> {
  const body = (await buffer(request)).toString('utf8')
  sendJson(response, { method: request.method, path: url.pathname, query: url.search, headers: request.headers, body })
}

/** The compiler is large: loaded for the tests that need it. */
async function compile({ request, response }: Exchange): Promise<void> {
  const { parse } = await import('@bytecodealliance/jco-transpile/wasm-tools')
  const text = (await buffer(request)).toString('utf8')
  response.writeHead(200, { 'Content-Type': 'application/wasm', 'Cache-Control': 'no-store' }).end(await parse(text))
}

async function sendPrepared(exchange: Exchange, preparations: Preparations): Promise<void> {
  const { response, url: { searchParams } } = exchange
  const bytes = await preparations.find(searchParams.get('fixture') ?? '', searchParams.get('preparation') ?? '')
  if (bytes === undefined) notFound(exchange)
  else response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' }).end(new Uint8Array(bytes))
}

function redirect({ response, url }: Exchange): void {
  response.writeHead(numberOf(url, 'status', 302), { Location: url.searchParams.get('to') ?? '/echo' }).end()
}

/** Ports are one site, so the page's own requests carry it when they carry credentials. */
function cookie({ response, url }: Exchange): void {
  const name = url.searchParams.get('name') ?? 'session'
  response.writeHead(200, { 'Set-Cookie': `${name}=${url.searchParams.get('value') ?? 'secret'}; Path=/` }).end()
}

/** Files of a built folder, as they are. @param parent  of the folder, relative to the root */
async function sendBuilt(exchange: Exchange, parent: string, folder: string): Promise<void> {
  const path = normalize(decodeURIComponent(exchange.url.pathname))
  if (!path.startsWith(`/${folder}/`) || !(await sendFile(join(ROOT, parent, path), exchange.response, RAW_HEADERS))) notFound(exchange)
}
