// @ts-check
/**
 * Serves the suite on loopback as its own server would, as far as tests without a server need it, and beside it the runner's page.
 *
 *   /__run/site/, /__run/dist/   the page, the built library
 *   /__run/guest/<test>          the test's program, as text
 *   /<test>.worker.js            the same as a worker's script: it posts its results
 *   /...                         the suite
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { buildProgram } from './program.mjs'

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.txt', 'text/plain'],
  ['.wasm', 'application/wasm'],
])
const HEADERS = { 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-store' }
const WORKER = '.worker.js'

/**
 * @param {{ suite: string, site: string, dist: string, budgetMs: number }} options
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function startServer({ suite, site, dist, budgetMs }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://suite')
    const path = decodeURIComponent(pathname)
    answer(path, response).catch((/** @type {unknown} */ error) => response.writeHead(500).end(String(error)))
  })
  /** @param {string} path @param {import('node:http').ServerResponse} response */
  const answer = async (path, response) => {
    if (path === '/__run/') return void send(response, '.html', '<!doctype html><title>conformance</title><script type="module" src="/__run/site/page.js"></script>')
    if (path.startsWith('/__run/site/')) return sendFile(response, site, path.slice('/__run/site/'.length))
    if (path.startsWith('/__run/dist/')) return sendFile(response, dist, path.slice('/__run/dist/'.length))
    if (path.startsWith('/__run/guest/')) return void send(response, '.txt', await buildProgram(suite, path.slice('/__run/guest/'.length), 'guest'))
    if (path.endsWith(`.any.js${WORKER}`)) return void send(response, '.js', await workerScript(suite, path.slice(1, -WORKER.length), budgetMs))
    return sendFile(response, suite, path.slice(1))
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

/** @param {string} suite @param {string} test @param {number} budgetMs */
async function workerScript(suite, test, budgetMs) {
  const program = await buildProgram(suite, test, 'worker')
  const report = `{ const post = postMessage.bind(self), read = wptResult.read
Promise.race([wptResult.whenEnded, new Promise((resolve) => setTimeout(resolve, ${budgetMs}))]).then(() => post({ wptResult: read() })) }`
  return `${program}\n;\n${report}`
}

/** @param {import('node:http').ServerResponse} response @param {string} extension @param {string} text */
function send(response, extension, text) {
  response.writeHead(200, { ...HEADERS, 'content-type': TYPES.get(extension) ?? 'application/octet-stream' }).end(text)
}

/** @param {import('node:http').ServerResponse} response @param {string} folder @param {string} path */
async function sendFile(response, folder, path) {
  const file = join(folder, path)
  const info = file.startsWith(folder + sep) ? await stat(file).catch(() => undefined) : undefined
  if (!info?.isFile()) {
    response.writeHead(404, HEADERS).end()
    return
  }
  response.writeHead(200, { ...HEADERS, 'content-type': TYPES.get(extname(file)) ?? 'application/octet-stream', 'content-length': info.size })
  createReadStream(file).pipe(response)
}
