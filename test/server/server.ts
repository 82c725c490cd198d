/**
 * The HTTP server that browser tests talk to: two loopback origins (the same routes, hits and files), each request written down.
 * Tests get the addresses by `inject('server')`; what a route does stands in routes.ts.
 */
import { listen } from './loopback.mjs'
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

/** A test is to see the failure, whichever origin it asks from. */
const FAILURE_HEADERS = { 'Access-Control-Allow-Origin': '*' }

export async function startServer(): Promise<TestServer> {
  const handle = createRoutes()
  const [first, second] = [await listen(handle, FAILURE_HEADERS), await listen(handle, FAILURE_HEADERS)]
  return {
    origin: first.origin,
    otherOrigin: second.origin,
    close: async () => { await Promise.all([first.close(), second.close()]) },
  }
}
