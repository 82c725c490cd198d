/** Static files that tests register while they run: extension packages, host pages with headers of their own. */
import { extname } from 'node:path'
import { json } from 'node:stream/consumers'
import { CONTENT_TYPES } from '../../src/build/raw-files-plugin.ts'
import { type Exchange, notFound, sendJson } from './routes.ts'

interface Registered {
  readonly files: ReadonlyMap<string, Buffer>
  readonly headers: Readonly<Record<string, string>>
}

export interface Files {
  register(exchange: Exchange): Promise<void>
  send(exchange: Exchange): void
  /** What was registered under no name answers at the root. */
  sendRoot(exchange: Exchange): void
}

export function createFiles(): Files {
  const packages = new Map<string, Registered>()
  return {
    async register({ request, response, url }) {
      const name = url.pathname.slice('/register/'.length)
      const { files, headers } = Object(await json(request))
      const contents = Object.entries(Object(files)).map(([path, content]) => [path, bytesOf(content)] as const)
      packages.set(name, { files: new Map(contents), headers: Object(headers) })
      sendJson(response, { url: `http://${request.headers.host}/files/${name}/` })
    },
    send(exchange) {
      const [, , name = '', ...rest] = exchange.url.pathname.split('/').map(decodeURIComponent)
      sendFrom(packages.get(name), rest.join('/'), exchange)
    },
    sendRoot(exchange) {
      sendFrom(packages.get(''), exchange.url.pathname, exchange)
    },
  }
}

function sendFrom(found: Registered | undefined, path: string, exchange: Exchange): void {
  const content = found?.files.get(path)
  if (!found || !content) return notFound(exchange)
  // An API's path has no extension and answers JSON.
  const type = CONTENT_TYPES.get(extname(path) || '.json') ?? 'application/octet-stream'
  exchange.response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', ...found.headers }).end(content)
}

function bytesOf(content: unknown): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(String(Object(content).base64), 'base64')
}
