// @ts-check
/**
 * Serves the bench on loopback. Files may be cached, as a production server says of files with a version in their path: a fresh profile
 * loads everything, a second load nothing. A page talks back by POST, so that every engine can be measured without a driver's help.
 *
 *   /page/<program>     the same bare page around each program
 *   /isolated/<program> the same page, cross-origin isolated: its clock shows 5 us instead of 100
 *   /body/<bytes>       that many bytes, never from a cache
 *   /tell/<run>         a page's report; the answer comes when the bench has dealt with it
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { json } from 'node:stream/consumers'

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.wasm', 'application/wasm'],
])
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
/** frame.html asks for both; on the other files they do no harm. */
const FILE_HEADERS = { 'cache-control': 'max-age=3600', 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp' }

/**
 * @typedef {object} BenchServer
 * @property {string} origin
 * @property {(run: string, listener: (report: any) => Promise<unknown>) => void} listen
 * @property {() => Promise<void>} close
 */

/** @param {Readonly<Record<string, string>>} folders  by the first segment of a path @returns {Promise<BenchServer>} */
export async function startServer(folders) {
  /** @type {Map<string, (report: any) => Promise<unknown>>} */
  const listeners = new Map()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://bench')
    const [, first = '', ...rest] = pathname.split('/')
    if (first === 'page' || first === 'isolated') return sendPage(response, rest[0] ?? '', first === 'isolated')
    if (first === 'body') return sendBody(response, Number(rest[0]))
    if (first === 'tell') return void receive(request, response, listeners.get(rest[0] ?? ''))
    void sendFile(response, folders[first], rest)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the bench server has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    listen: (run, listener) => void listeners.set(run, listener),
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

/** @param {import('node:http').ServerResponse} response @param {string} program @param {boolean} isIsolated */
function sendPage(response, program, isIsolated) {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><p id="result"></p>`
    + `<script type="module" src="/bench/${encodeURIComponent(program)}.js"></script></html>`
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...(isIsolated ? ISOLATED : {}) }).end(html)
}

/** @param {import('node:http').ServerResponse} response @param {number} bytes */
function sendBody(response, bytes) {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes, 'cache-control': 'no-store' }).end(Buffer.alloc(bytes, 'streamed '))
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {((report: any) => Promise<unknown>) | undefined} listener */
async function receive(request, response, listener) {
  const answer = await listener?.(await json(request))
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(answer ?? null))
}

/** @param {import('node:http').ServerResponse} response @param {string | undefined} folder @param {readonly string[]} path */
async function sendFile(response, folder, path) {
  const file = folder === undefined ? undefined : join(folder, ...path)
  const info = folder !== undefined && file?.startsWith(folder + sep) ? await stat(file).catch(() => undefined) : undefined
  if (file === undefined || !info?.isFile()) {
    response.writeHead(404, { 'cache-control': 'no-store' }).end()
    return
  }
  response.writeHead(200, { ...FILE_HEADERS, 'content-type': TYPES.get(extname(file)) ?? 'application/octet-stream', 'content-length': info.size })
  createReadStream(file).pipe(response)
}
