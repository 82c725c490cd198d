/**
 * The gallery's server, node:http only, loopback only: the built page under a strict policy, the library's files, the extension packages,
 * and a small HTTP API of its own for the feed reader (and for the hostile extension to fail at).
 */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from './server/api.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.wasm', 'application/wasm'],
  ['.map', 'application/json; charset=utf-8'],
])

/** What a careful host sends. The library needs nothing looser: its frame brings its own policy, the engine is compiled in there. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types markdown-preview compare-worker',
].join('; ')

/**
 * Starts the server and resolves when it listens. `port` 0 (default, or env PORT) takes a free one. The caller closes it.
 * `dist`: folder of the built library, `demo`: folder that buildDemo() filled.
 */
export async function startDemo({
  port = Number(process.env.PORT ?? 0),
  host = '127.0.0.1',
  dist = join(ROOT, 'dist'),
  demo = join(ROOT, '.demo'),
} = {}) {
  const api = createApi()
  const folders = { page: join(demo, 'page'), extensions: join(demo, 'extensions'), compare: join(demo, 'compare'), dist }
  const server = createServer((request, response) => {
    answer(request, response, { api, folders }).catch(() => send(response, 500, 'The server failed.'))
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address()
  return {
    url: `http://${host}:${actual}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request, response, { api, folders }) {
  const origin = `http://127.0.0.1:${request.socket.localPort}`
  const { pathname, searchParams } = new URL(request.url ?? '/', origin)
  if (pathname.startsWith('/api/')) return api(request, response, { origin, pathname, searchParams })
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'Only GET and HEAD here.', { allow: 'GET, HEAD' })

  const [, first = '', ...rest] = decodeURIComponent(pathname).split('/')
  if (first === 'glovebox') return sendFile(request, response, folders.dist, rest, libraryHeaders(rest))
  if (first === 'extensions' && rest.at(-1) === 'glovebox.json') return sendManifest(response, folders.extensions, rest, origin)
  if (first === 'extensions') return sendFile(request, response, folders.extensions, rest, {})
  // A worker's own headers are its policy: these run libraries that need eval, and an engine in WebAssembly.
  if (first === 'compare') return sendFile(request, response, folders.compare, rest, {})
  const page = pathname === '/' ? ['index.html'] : [first, ...rest]
  return sendFile(request, response, folders.page, page, { 'content-security-policy': PAGE_POLICY })
}

/** The frame must load also where the page is cross-origin isolated, and in pages of other origins. */
function libraryHeaders(path) {
  const shared = { 'cross-origin-resource-policy': 'cross-origin' }
  return path.at(-1) === 'frame.html' ? { ...shared, 'cross-origin-embedder-policy': 'require-corp' } : shared
}

/** Manifests name the server's own origin, which is known only now. */
async function sendManifest(response, folder, path, origin) {
  const file = inside(folder, path)
  const text = file && (await readFile(file, 'utf8').catch(() => undefined))
  if (text === undefined) return send(response, 404, 'No such package.')
  send(response, 200, text.replaceAll('{{origin}}', origin), { 'content-type': TYPES.get('.json'), 'cache-control': 'no-store' })
}

async function sendFile(request, response, folder, path, headers) {
  const file = inside(folder, path)
  const info = file && (await stat(file).catch(() => undefined))
  if (!info?.isFile()) return send(response, 404, 'Not found.')
  const etag = `"${info.size.toString(36)}-${info.mtimeMs.toString(36)}"`
  const common = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', ...headers }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, common).end()
    return
  }
  response.writeHead(200, { ...common, 'content-type': TYPES.get(extname(file)) ?? 'application/octet-stream', 'content-length': info.size })
  if (request.method === 'HEAD') response.end()
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response)
}

/** The path below `folder`, or undefined where it would leave it. */
function inside(folder, path) {
  const file = join(folder, ...path)
  return file.startsWith(folder + sep) && !file.includes('\0') ? file : undefined
}

export function send(response, status, body, headers = {}) {
  if (response.headersSent) return response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers }).end(body)
}
