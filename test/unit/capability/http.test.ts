import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '../../../src/capability/capability.ts'
import { createHttpCapability } from '../../../src/capability/http.ts'
import { extensionKey } from '../../../src/manifest/identity.ts'
import type { Meters } from '../../../src/limit/meters.ts'
import type { Limits } from '../../../src/manifest/limits.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { FakeClock, settle } from '../permission/harness.ts'
import { FakeCaller, call, codeOf, metersOf, noSecrets, sizeOf, streamOf } from './harness.ts'

interface Hit {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  body: string
}

const KIB = new Uint8Array(1024)
const hits: Hit[] = []
let [granted, denied] = [undefined, undefined] as (Server | undefined)[]
let [here, there] = ['', '']
let closed = 0

async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    const hit: Hit = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body: '' }
    hits.push(hit)
    request.on('data', (chunk: Buffer) => (hit.body += chunk.toString()))
    request.on('end', () => answer(hit.path, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function answer(path: string, response: ServerResponse): void {
  response.on('close', () => closed++)
  if (path === '/hello') return void response.writeHead(200, { 'set-cookie': 'a=b', 'x-a': 'b' }).end('hello')
  if (path === '/empty') return void response.writeHead(204).end()
  if (path === '/to-denied') return void response.writeHead(302, { location: `${there}/secret` }).end()
  if (path === '/to-here') return void response.writeHead(302, { location: `${here}/hello` }).end()
  if (path === '/bomb') return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(new Uint8Array(50_000_000)))
  if (path === '/trickle') return void response.writeHead(200).write('x')
  if (path === '/endless') {
    response.writeHead(200)
    const more = (): void => {
      while (!response.closed && response.write(KIB));
    }
    response.on('drain', more)
    return more()
  }
  if (path !== '/never') response.writeHead(404).end()
}

const originOf = (server: Server | undefined): string => `http://127.0.0.1:${(server?.address() as { port: number }).port}`

beforeAll(async () => {
  ;[granted, denied] = [await listen(), await listen()]
  ;[here, there] = [originOf(granted), originOf(denied)]
})
afterAll(() => {
  for (const server of [granted, denied]) {
    server?.closeAllConnections()
    server?.close()
  }
})
beforeEach(() => void (hits.length = 0))

function setUp(options: { redirects?: boolean; origins?: string[]; limits?: Partial<Limits> } = {}): {
  http: Capability
  meters: Meters
  caller: FakeCaller
  clock: FakeClock
  get: (path: string) => Promise<unknown>
} {
  const clock = new FakeClock()
  const http = createHttpCapability({ fetch, setTimer: clock.setTimer, secrets: noSecrets() })
  const meters = metersOf(clock.now)
  const scope = { origins: options.origins ?? [here], redirects: options.redirects ?? false }
  const permissions: Permission[] = [
    { name: 'http:read', scope, reason: '' },
    { name: 'http:write', scope, reason: '' },
  ]
  const caller = new FakeCaller(permissions, options.limits, meters)
  return {
    http,
    meters,
    caller,
    clock,
    get: (path) => call(http, caller, 'http.fetch', { url: `${here}${path}`, method: 'GET', headers: [], body: null, redirect: 'follow' }),
  }
}

describe('a request', () => {
  it('gives the response without cookies, and its body as a stream', async () => {
    const { get, caller, clock } = setUp()
    const reply = await get('/hello')

    expect(reply).toMatchObject({
      url: `${here}/hello`,
      status: 200,
      statusText: 'OK',
      redirected: false,
      headers: expect.arrayContaining([['x-a', 'b']]),
      body: 0,
    })
    expect(JSON.stringify(reply)).not.toContain('set-cookie')
    expect(await sizeOf(caller.body(reply))).toBe(5)
    expect(clock.pending).toBe(0)
  })

  it('has no body where there is none', async () => {
    const { get, clock } = setUp()
    expect(await get('/empty')).toMatchObject({ status: 204, body: null })
    expect(clock.pending).toBe(0)
  })

  it('carries method, allowed headers and body, and nothing of the page', async () => {
    const { http, caller } = setUp()
    caller.uploads.set(3, streamOf(new TextEncoder().encode('one '), new TextEncoder().encode('two')))
    await call(http, caller, 'http.fetch', {
      url: `${here}/hello`,
      method: 'post',
      headers: [
        ['content-type', 'text/x'],
        ['x-request-id', 'b'],
      ],
      body: 3,
      redirect: 'error',
    })

    expect(hits).toMatchObject([{ method: 'POST', body: 'one two', headers: { 'content-type': 'text/x', 'x-request-id': 'b' } }])
    expect(hits[0]?.headers).not.toHaveProperty('cookie')
    expect(hits[0]?.headers).not.toHaveProperty('referer')
    expect(caller.asked).toEqual(['http:write'])
  })

  it('is built from scratch', async () => {
    const seen: (RequestInit | undefined)[] = []
    const clock = new FakeClock()
    const http = createHttpCapability({
      fetch: async (_, init) => {
        seen.push(init)
        return new Response('x')
      },
      setTimer: clock.setTimer,
      secrets: noSecrets(),
    })
    const caller = new FakeCaller([{ name: 'http:read', scope: { origins: ['https://a.test'], redirects: false }, reason: '' }])
    await call(http, caller, 'http.fetch', { url: 'https://a.test./x', redirect: 'follow' })

    expect(seen).toMatchObject([
      { method: 'GET', mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' },
    ])
  })

  it.each(['http://127.0.0.1:1/', 'http://localhost/', 'https://example.com/'])('to an origin that is not granted never leaves: %s', async (url) => {
    const fetched: string[] = []
    const clock = new FakeClock()
    const http = createHttpCapability({
      fetch: async (target) => {
        fetched.push(target)
        return new Response()
      },
      setTimer: clock.setTimer,
      secrets: noSecrets(),
    })
    const { caller } = setUp()

    expect(await codeOf(call(http, caller, 'http.fetch', { url }))).toBe('permission-denied')
    expect(fetched).toEqual([])
  })

  it('that fails tells no more than that', async () => {
    const { http, caller, clock } = setUp({ origins: ['http://127.0.0.1:1'] })
    const failing = call(http, caller, 'http.fetch', { url: 'http://127.0.0.1:1/' })

    expect(await codeOf(failing)).toBe('network-failed')
    await expect(failing).rejects.not.toThrow(/refused|ECONN|bad port/i)
    expect(clock.pending).toBe(0)
  })

  it('that is refused ends the stream that would have brought its body', async () => {
    const { http, caller } = setUp()
    const upload = streamOf(KIB)
    caller.uploads.set(0, upload)

    expect(await codeOf(call(http, caller, 'http.fetch', { url: 'nonsense', method: 'POST', body: 0 }))).toBe('invalid-argument')
    expect(upload.state.cancelled).toBe(true)
  })
})

describe('a redirect', () => {
  it.each([
    ['/to-denied', there],
    ['/to-here', here],
  ])('is an error and never followed without leave: %s', async (path) => {
    const { get } = setUp()
    expect(await codeOf(get(path))).toBe('network-failed')
    expect(hits.map((hit) => hit.path)).toEqual([path])
  })

  it('is followed to a granted place where the grant allows it', async () => {
    const { get, caller } = setUp({ redirects: true })
    const reply = await get('/to-here')
    expect(reply).toMatchObject({ url: `${here}/hello`, redirected: true })
    expect(await sizeOf(caller.body(reply))).toBe(5)
  })

  it('is not followed where the guest did not ask', async () => {
    const { http, caller } = setUp({ redirects: true })
    expect(await codeOf(call(http, caller, 'http.fetch', { url: `${here}/to-here`, redirect: 'error' }))).toBe('network-failed')
    expect(hits).toHaveLength(1)
  })

  it('to a place that is not granted gives nothing of its answer', async () => {
    const { get, caller, clock } = setUp({ redirects: true })
    expect(await codeOf(get('/to-denied'))).toBe('redirect-refused')
    expect(caller.sent.size).toBe(0)
    expect(clock.pending).toBe(0)
  })
})

describe('limits', () => {
  it.each(['/endless', '/bomb'])('cut %s at the cap', async (path) => {
    const { get, caller, clock } = setUp({ limits: { httpBodyBytes: 100_000 } })
    const reply = await get(path)
    expect(await codeOf(sizeOf(caller.body(reply)))).toBe('body-too-large')
    expect(clock.pending).toBe(0)
  })

  it('cut an upload at the cap, before anything is sent', async () => {
    const { http, caller } = setUp({ limits: { httpBodyBytes: 2000 } })
    const upload = streamOf(KIB, KIB, KIB, KIB)
    caller.uploads.set(0, upload)

    expect(await codeOf(call(http, caller, 'http.fetch', { url: `${here}/hello`, method: 'POST', body: 0 }))).toBe('body-too-large')
    expect(upload.state.cancelled).toBe(true)
    expect(hits).toEqual([])
  })

  it('hold for requests a minute over all instances of an extension, and for it alone', async () => {
    const { http, meters, caller, clock } = setUp({ limits: { httpPerMinute: 2 } })
    const other = new FakeCaller(caller.permissions, { httpPerMinute: 2 }, meters)
    const from = (context: FakeCaller): Promise<unknown> => codeOf(call(http, context, 'http.fetch', { url: `${here}/empty` }))
    expect([await from(caller), await from(other), await from(caller)]).toEqual(['resolved', 'resolved', 'rate-limit'])
    other.identity = { id: 'com.other', origin: 'local' }
    expect(await from(other)).toBe('resolved')
    clock.pass(62_000)
    expect(await from(caller)).toBe('resolved')
    expect(await from(caller)).toBe('resolved')
    expect(await from(caller)).toBe('rate-limit')
    meters.forget(extensionKey(caller.identity))
    expect(await from(caller)).toBe('resolved')
  })

  it('hold for bytes a minute', async () => {
    const { get, caller } = setUp({ limits: { httpBytesPerMinute: 7 } })
    expect(await sizeOf(caller.body(await get('/hello')))).toBe(5)
    expect(await codeOf(sizeOf(caller.body(await get('/hello'))))).toBe('rate-limit')
  })

  it('hold for bytes sent a minute, addresses included, before anything is sent', async () => {
    const { http, caller } = setUp({ limits: { httpSentBytesPerMinute: 100 + KIB.length } })
    caller.uploads.set(0, streamOf(KIB))
    caller.uploads.set(1, streamOf(KIB))
    const post = (body: number): Promise<unknown> => codeOf(call(http, caller, 'http.fetch', { url: `${here}/hello`, method: 'POST', body }))

    expect([await post(0), await post(1)]).toEqual(['resolved', 'rate-limit'])
    expect(hits).toHaveLength(1)
    expect(await codeOf(call(http, caller, 'http.fetch', { url: `${here}/hello?${'x'.repeat(100)}` }))).toBe('rate-limit')
  })

  it('hold for requests at the same time: the next waits for a place', async () => {
    const { get, caller } = setUp({ limits: { httpConcurrent: 2 } })
    const [one] = [await get('/hello'), await get('/hello')]
    const third = get('/hello')
    await settle()
    expect(hits).toHaveLength(2)
    await sizeOf(caller.body(one))
    await third
    expect(hits).toHaveLength(3)
  })

  it.each(['/never', '/trickle'])('end %s at its time', async (path) => {
    const { get, caller, clock } = setUp()
    const exchange = path === '/never' ? get(path) : get(path).then((reply) => sizeOf(caller.body(reply)))
    while (hits.length === 0 || (path === '/trickle' && caller.sent.size === 0)) await new Promise(setImmediate)
    clock.pass(30_000)
    expect(await codeOf(exchange)).toBe('deadline-exceeded')
    expect(clock.pending).toBe(0)
  })

  it('end one that waits for a place', async () => {
    const { get, clock } = setUp({ limits: { httpConcurrent: 1 } })
    await get('/hello')
    const waiting = codeOf(get('/hello'))
    await settle()
    clock.pass(30_000)
    expect(await waiting).toBe('deadline-exceeded')
  })
})

describe('an exchange in flight', () => {
  it.each(['/never', '/endless', '/trickle'])('ends when the grant is revoked: %s', async (path) => {
    const { get, caller } = setUp()
    const before = closed
    const exchange = path === '/never' ? get(path) : get(path).then((reply) => sizeOf(caller.body(reply)))
    while (hits.length === 0 || (path !== '/never' && caller.sent.size === 0)) await new Promise(setImmediate)
    caller.revoke()
    expect(await codeOf(exchange)).toBe('permission-revoked')
    while (closed === before) await new Promise(setImmediate)
  })

  it('ends with its epoch, and gives its place back', async () => {
    const { http, meters, get, caller, clock } = setUp({ limits: { httpConcurrent: 1 } })
    const reply = await get('/endless')
    caller.epoch.abort(new Error('reset'))
    await expect(sizeOf(caller.body(reply))).rejects.toThrow('reset')
    const next = new FakeCaller(caller.permissions, { httpConcurrent: 1 }, meters)
    expect(await codeOf(call(http, next, 'http.fetch', { url: `${here}/empty` }))).toBe('resolved')
    expect(clock.pending).toBe(0)
  })

  it('ends when the guest wants no more', async () => {
    const { get, caller, clock } = setUp()
    const before = closed
    await caller.body(await get('/endless')).cancel()
    while (closed === before) await new Promise(setImmediate)
    expect(clock.pending).toBe(0)
  })

  it('settles also when fetch does not heed its signal', async () => {
    const clock = new FakeClock()
    const http = createHttpCapability({ fetch: () => new Promise(() => undefined), setTimer: clock.setTimer, secrets: noSecrets() })
    const { caller } = setUp()
    const exchange = codeOf(call(http, caller, 'http.fetch', { url: `${here}/` }))
    await settle()
    caller.revoke()
    expect(await exchange).toBe('permission-revoked')
  })
})
