// @ts-check
/** A server on a free port of this machine, and files out of a folder: what the test server, the bench and the runners of foreign suites share. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {{ readonly origin: string, readonly close: () => Promise<void> }} Loopback  no slash at the origin's end */

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.txt', 'text/plain'],
  ['.wasm', 'application/wasm'],
])

/** What a page that is cross-origin isolated may load, and a frame file needs. */
export const EMBEDDABLE = { 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp' }

/**
 * @param {(request: Request, response: Response) => Promise<unknown>} handle  a rejection becomes a 500
 * @param {import('node:http').OutgoingHttpHeaders} [failureHeaders]
 * @returns {Promise<Loopback>}
 */
export async function listen(handle, failureHeaders = {}) {
  const server = createServer((request, response) => {
    handle(request, response).catch((/** @type {unknown} */ error) => {
      if (!response.headersSent) response.writeHead(500, failureHeaders)
      response.end(String(error))
    })
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(undefined))
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

/** @param {string} name  of a file */
export function typeOf(name) {
  return TYPES.get(extname(name)) ?? 'application/octet-stream'
}

/**
 * Without a folder, or for what is not in it: 404.
 *
 * @param {Response} response
 * @param {{ readonly folder: string | undefined, readonly path: string, readonly headers: import('node:http').OutgoingHttpHeaders }} file
 */
export async function sendFile(response, { folder, path, headers }) {
  const file = folder === undefined ? undefined : join(folder, path)
  const info = file?.startsWith(folder + sep) ? await stat(file).catch(() => undefined) : undefined
  if (file === undefined || !info?.isFile()) {
    response.writeHead(404, { ...headers, 'cache-control': 'no-store' }).end()
    return
  }
  response.writeHead(200, { ...headers, 'content-type': typeOf(file), 'content-length': info.size })
  createReadStream(file).pipe(response)
}
