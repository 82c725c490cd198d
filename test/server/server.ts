/**
 * The HTTP server that browser tests talk to: two loopback origins (the same routes, hits and files), each request written down.
 * Tests get the addresses by `inject('server')`; what a route does stands in routes.ts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRoutes } from './routes.ts'

export interface ServerAddresses {
  /** `http://127.0.0.1:<port>`, no slash at its end. */
  readonly origin: string
  /** The same server on another port, so another origin. */
  readonly otherOrigin: string
}

export interface TestServer extends ServerAddresses {
  close(): Promise<void>
}

export async function startServer(): Promise<TestServer> {
  const handle = createRoutes()
  const servers = [await listen(handle), await listen(handle)] as const
  return {
    origin: originOf(servers[0]),
    otherOrigin: originOf(servers[1]),
    close: async () => { await Promise.all(servers.map(close)) },
  }
}

function listen(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'Access-Control-Allow-Origin': '*' })
      response.end(String(error))
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function originOf(server: Server): string {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the test server has no port')
  return `http://127.0.0.1:${address.port}`
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
