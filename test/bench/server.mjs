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
import { json } from 'node:stream/consumers'
import { EMBEDDABLE, listen, sendFile } from '../server/loopback.mjs'

const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
/** frame.html asks for both; on the other files they do no harm. */
const FILE_HEADERS = { ...EMBEDDABLE, 'cache-control': 'max-age=3600' }

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
  const { origin, close } = await listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://bench')
    const [, first = '', ...rest] = pathname.split('/')
    if (first === 'page' || first === 'isolated') return sendPage(response, rest[0] ?? '', first === 'isolated')
    if (first === 'body') return sendBody(response, Number(rest[0]))
    if (first === 'tell') return receive(request, response, listeners.get(rest[0] ?? ''))
    return sendFile(response, { folder: folders[first], path: rest.join('/'), headers: FILE_HEADERS })
  })
  return { origin, close, listen: (run, listener) => void listeners.set(run, listener) }
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
