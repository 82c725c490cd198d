import { expect, test } from 'vitest'
import { signalStateOf } from '../../../../src/guest/script/global/abort-state.ts'
import { createHarness, createSource, type Harness } from './harness.ts'

const OK = { url: 'https://a/', status: 200, statusText: 'OK', headers: [['x-a', '1']], redirected: false, body: null }

function setup(answer: (args: readonly unknown[]) => Promise<unknown> = async () => OK): { harness: Harness; calls: unknown[]; fetch: typeof fetch } {
  const calls: unknown[] = []
  const harness = createHarness({
    capability: async (method, args) => {
      calls.push(method, ...args)
      return answer(args)
    },
  })
  return { harness, calls, fetch: harness.globals['fetch'] }
}

test('asks the host with a normalized request', async () => {
  const { calls, fetch } = setup()

  const response = await fetch('HTTPS://A:443/x?q#h', { method: 'get', headers: { B: '2', a: '1' }, redirect: 'error' })

  expect(calls).toEqual([
    'http.fetch',
    {
      url: 'https://a/x?q#h',
      method: 'GET',
      headers: [
        ['a', '1'],
        ['b', '2'],
      ],
      body: null,
      redirect: 'error',
    },
  ])
  expect([response.status, response.ok, response.type, response.headers.get('X-A'), response.body, response.bodyUsed]).toEqual([
    200,
    true,
    'basic',
    '1',
    null,
    false,
  ])
  expect(() => response.headers.set('a', 'b')).toThrow(TypeError)
})

test.each<[name: string, body: (harness: Harness) => unknown, type: string | undefined]>([
  ['text', () => 'hi', 'text/plain;charset=UTF-8'],
  ['bytes', () => new Uint8Array([104, 105]), undefined],
  ['a buffer', () => new Uint8Array([104, 105]).buffer, undefined],
  [
    'an async iterable',
    () =>
      (async function* () {
        yield new Uint8Array([104])
        yield new Uint8Array([105])
      })(),
    undefined,
  ],
  ['the body of a response', (harness) => new harness.globals['Response']('hi').body, undefined],
])('sends %s', async (_name, body, type) => {
  const { harness, calls, fetch } = setup()

  await fetch('https://a/', { method: 'POST', body: body(harness) as BodyInit, duplex: 'half' } as RequestInit)
  await settle()

  const sent = harness.sent.get(1)
  expect([Buffer.concat(sent?.chunks ?? []).toString(), sent?.ended]).toEqual(['hi', true])
  expect(calls[1]).toMatchObject({ body: 1, headers: type === undefined ? [] : [['content-type', type]] })
})

test('fails the upload when the body gives something else or throws', async () => {
  const { harness, fetch } = setup()

  await fetch('https://a/', {
    method: 'POST',
    body: (async function* () {
      yield 'text'
    })() as unknown as BodyInit,
  })
  await settle()

  expect(harness.sent.get(1)).toMatchObject({ ended: false, failed: expect.any(String) })
})

test('sends a Request, and its body once', async () => {
  const { harness, calls, fetch } = setup()
  const request: Request = new harness.globals['Request']('https://a/', { method: 'PUT', body: new harness.globals['URLSearchParams']({ a: 'b c' }) })
  const copy = request.clone()

  await fetch(request, { headers: { x: 'y' } })

  expect([request.bodyUsed, await copy.text(), copy.headers.get('content-type')]).toEqual([
    true,
    'a=b+c',
    'application/x-www-form-urlencoded;charset=UTF-8',
  ])
  expect(calls[1]).toMatchObject({ method: 'PUT', headers: [['x', 'y']], body: 1 })
  await expect(fetch(request)).rejects.toThrow(TypeError)
})

test.each<[name: string, input: string, init: object]>([
  ['a relative URL', '/x', {}],
  ['credentials in the URL', 'https://u:p@a/', {}],
  ['CONNECT', 'https://a/', { method: 'connect' }],
  ['TRACK', 'https://a/', { method: 'TRACK' }],
  ['a bad method', 'https://a/', { method: 'a b' }],
  ['a body with GET', 'https://a/', { body: 'x' }],
  ['the mode navigate', 'https://a/', { mode: 'navigate' }],
  ['an unknown mode', 'https://a/', { mode: 'x' }],
  ['unknown credentials', 'https://a/', { credentials: 'all' }],
  ['a cache mode that needs another origin', 'https://a/', { cache: 'only-if-cached' }],
  ['a referrer that is no URL', 'https://a/', { referrer: 'http://' }],
  ['integrity', 'https://a/', { integrity: 'sha256-x' }],
  ['an unknown redirect', 'https://a/', { redirect: 'x' }],
  ['a bad header', 'https://a/', { headers: { 'a b': '1' } }],
  ['a false signal', 'https://a/', { signal: {} }],
])('refuses %s', async (_name, input, init) => {
  const { calls, fetch } = setup()

  await expect(fetch(input, init)).rejects.toThrow(TypeError)
  expect(calls).toEqual([])
})

test.each<[name: string, error: { name: string; code: string }, expected: { name: string; code: string }]>([
  ['network failures into TypeErrors', { name: 'CapabilityError', code: 'network-failed' }, { name: 'TypeError', code: 'network-failed' }],
  ['denials untouched', { name: 'PermissionError', code: 'permission-denied' }, { name: 'PermissionError', code: 'permission-denied' }],
  ['limits untouched', { name: 'LimitError', code: 'rate-limit' }, { name: 'LimitError', code: 'rate-limit' }],
])('turns %s', async (_name, error, expected) => {
  const { fetch } = setup(() => Promise.reject(Object.assign(new Error('m'), error)))

  await expect(fetch('https://a/')).rejects.toMatchObject(expected)
})

test('rejects at once when aborted before and while waiting, and drops the late answer', async () => {
  let answer: (value: unknown) => void = () => undefined
  const { harness, calls, fetch } = setup(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const controller: AbortController = new harness.globals['AbortController']()
  const source = createSource([])
  harness.sources.set(7, source)

  await expect(fetch('https://a/', { signal: harness.globals['AbortSignal'].abort('early') })).rejects.toBe('early')
  expect(calls).toEqual([])
  const waiting = fetch('https://a/', {
    signal: controller.signal,
    method: 'POST',
    body: (async function* () {
      await new Promise(() => undefined)
    })() as unknown as BodyInit,
  })
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  await settle()
  expect(harness.sent.get(1)?.failed).toEqual(expect.any(String))
  answer({ ...OK, body: 7 })
  await settle()
  expect(source.cancelled).toBe(true)
})

test('an abort while the body streams fails the reads and cancels the source', async () => {
  const { harness, fetch } = setup(async () => ({ ...OK, body: 3 }))
  const controller: AbortController = new harness.globals['AbortController']()
  const source = { ...createSource([]), read: () => new Promise<undefined>(() => undefined) }
  harness.sources.set(3, source)

  const response = await fetch('https://a/', { signal: controller.signal })
  const text = response.text()
  controller.abort('stop')

  await expect(text).rejects.toBe('stop')
  expect(source.cancelled).toBe(true)
})

test('an abort after the response ends an upload that still runs', async () => {
  const endless = (async function* () {
    yield new Uint8Array(1)
    await new Promise(() => undefined)
  })() as unknown as BodyInit
  const duplex = createHarness({ capability: async () => ({ ...OK, body: 3 }) })
  const controller: AbortController = new duplex.globals['AbortController']()

  await duplex.globals['fetch']('https://a/', { method: 'POST', body: endless, signal: controller.signal })
  controller.abort()
  await settle()

  expect(duplex.sent.get(1)).toMatchObject({ ended: false, failed: expect.any(String) })
})

test('a long-lived signal keeps nothing of requests that are done', async () => {
  const { harness, fetch } = setup()
  const { signal }: AbortController = new harness.globals['AbortController']()

  for (let index = 0; index < 3; index += 1) await fetch('https://a/', { signal })

  expect(signalStateOf(signal).dependents.size).toBe(0)
})

test('refuses an answer that is no response', async () => {
  await expect(setup(async () => 5).fetch('https://a/')).rejects.toThrow(TypeError)
  await expect(setup(async () => ({})).fetch('https://a/')).rejects.toThrow(TypeError)
})

test('a Request keeps what it was made with, and the host hears none of it', () => {
  const request: Request = new (createHarness().globals['Request'])('https://a/', { credentials: 'include', cache: 'default' })

  expect([request.method, request.mode, request.credentials, request.cache, request.redirect, request.signal.aborted, String(request)]).toEqual([
    'GET',
    'cors',
    'include',
    'default',
    'follow',
    false,
    '[object Request]',
  ])
})

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
