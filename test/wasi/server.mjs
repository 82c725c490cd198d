// @ts-check
/**
 * Serves the runner's page, the built library and the suite on loopback, and takes the page's reports.
 *
 *   /run/<id>/       the page; reports to /tell/<id>
 *   /site/, /dist/, /suite/   files
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { json } from 'node:stream/consumers'

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.wasm', 'application/wasm'],
])
const HEADERS = { 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-store' }
const PAGE = '<!doctype html><title>conformance</title><link rel="icon" href="data:,"><script type="module" src="/site/page.js"></script>'

/**
 * @param {Readonly<Record<'site' | 'dist' | 'suite', string>>} folders
 * @param {(id: string, report: any) => unknown} onReport  its answer goes to the page
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function startServer(folders, onReport) {
  const byName = new Map(Object.entries(folders))
  const server = createServer((request, response) => {
    answer(request, response).catch((/** @type {unknown} */ error) => response.writeHead(500).end(String(error)))
  })
  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://suite')
    const [first = '', ...rest] = decodeURIComponent(pathname).slice(1).split('/')
    if (first === 'run') return void response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    if (first === 'tell') {
      const reply = onReport(rest.join('/'), await json(request))
      return void response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(reply ?? null))
    }
    return sendFile(response, byName.get(first), rest)
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
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

/** @param {import('node:http').ServerResponse} response @param {string | undefined} folder @param {readonly string[]} path */
async function sendFile(response, folder, path) {
  const file = folder === undefined ? undefined : join(folder, ...path)
  const info = folder !== undefined && file?.startsWith(folder + sep) ? await stat(file).catch(() => undefined) : undefined
  if (file === undefined || !info?.isFile()) return void response.writeHead(404, HEADERS).end()
  response.writeHead(200, { ...HEADERS, 'content-type': TYPES.get(extname(file)) ?? 'application/octet-stream', 'content-length': info.size })
  createReadStream(file).pipe(response)
}
