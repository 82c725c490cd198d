/**
 * Serves what must not be touched: every `frame.html` byte for byte (its CSP holds the hash of its inline script, which a transformed page
 * would break) with the headers that isolated pages ask for, and all of `/dist/` as a plain file server would.
 */
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative } from 'node:path'
import type { Plugin } from 'vite'

export const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.map', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.wasm', 'application/wasm'],
])

/** A frame keeps its isolation, and any page may embed these files, also across origins. */
export const RAW_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-store',
}

export function rawFilesPlugin(): Plugin {
  return {
    name: 'glovebox-raw-files',
    configureServer(server) {
      const { root } = server.config
      server.middlewares.use((request, response, next) => {
        const file = rawFile(root, request)
        if (file === undefined) next()
        else sendFile(file, response).then((isSent) => { if (!isSent) next() }, next)
      })
    },
  }
}

function rawFile(root: string, request: IncomingMessage): string | undefined {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const path = decodeURIComponent(pathname).replace(/^\/@fs/, '')
  if (!path.startsWith('/dist/') && !path.endsWith('/frame.html')) return undefined
  const file = join(root, path.startsWith(root) ? relative(root, path) : path)
  return file.startsWith(root) ? file : undefined
}

/** Sends `file` with raw headers; resolves to false when there is none. */
export async function sendFile(file: string, response: ServerResponse, headers: Readonly<Record<string, string>> = RAW_HEADERS): Promise<boolean> {
  const found: Stats | undefined = await stat(file).catch(() => undefined)
  if (!found?.isFile()) return false
  response.writeHead(200, {
    ...headers, 'Content-Type': CONTENT_TYPES.get(extname(file)) ?? 'application/octet-stream', 'Content-Length': found.size,
  })
  createReadStream(file).pipe(response)
  return true
}
