import { expect, test } from 'vitest'
import { createHarness, createSource, type Harness } from './harness.ts'

interface Reply {
  url?: string
  status?: number
  headers?: [string, string][]
  body?: number | null
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A response from the network whose body gives `chunks`. */
async function load(
  chunks: (Uint8Array | Error)[],
  reply: Reply = {},
): Promise<{ response: Response; harness: Harness; source: ReturnType<typeof createSource> }> {
  const harness = createHarness({
    capability: async () => ({ url: 'https://a/', status: 200, statusText: 'OK', headers: [], redirected: false, body: 1, ...reply }),
  })
  const source = createSource(chunks)
  harness.sources.set(1, source)
  return { response: await harness.globals['fetch']('https://a/'), harness, source }
}

test('reads a streamed body as text, JSON, bytes and buffer', async () => {
  const chunks = (): Uint8Array[] => [bytes('{"a":'), bytes('"\u00e9').slice(0, 2), bytes('"\u00e9').slice(2), bytes('"}')]

  expect(await (await load(chunks())).response.text()).toBe('{"a":"\u00e9"}')
  expect(await (await load(chunks())).response.json()).toEqual({ a: '\u00e9' })
  expect((await (await load(chunks())).response.arrayBuffer()).byteLength).toBe(10)
  expect(await (await load([bytes('\ufeffx')])).response.text()).toBe('x')
  expect((await (await load([])).response.bytes()).length).toBe(0)
})

test('reads once', async () => {
  const { response } = await load([bytes('x')])

  expect(response.bodyUsed).toBe(false)
  await response.text()
  expect(response.bodyUsed).toBe(true)
  await expect(response.text()).rejects.toThrow(TypeError)
  expect(() => response.clone()).toThrow(TypeError)
})

test('reads by reader, with locks', async () => {
  const { response } = await load([bytes('ab'), bytes('c')])
  const body = response.body as ReadableStream<Uint8Array>
  const reader = body.getReader()

  expect([body.locked, response.bodyUsed, response.body === body, String(body)]).toEqual([true, false, true, '[object ReadableStream]'])
  expect(() => body.getReader()).toThrow(TypeError)
  await expect(body.cancel()).rejects.toThrow(TypeError)
  await expect(response.text()).rejects.toThrow(TypeError)
  expect(await reader.read()).toEqual({ done: false, value: bytes('ab') })
  expect(response.bodyUsed).toBe(true)
  reader.releaseLock()
  await expect(reader.read()).rejects.toThrow(TypeError)
  const next = body.getReader()
  expect([await next.read(), await next.read(), await next.closed]).toEqual([
    { done: false, value: bytes('c') },
    { done: true, value: undefined },
    undefined,
  ])
})

test('keeps order for many reads at once and loses no chunk when a reader goes', async () => {
  const { response } = await load([bytes('a'), bytes('b'), bytes('c')])
  const body = response.body as ReadableStream<Uint8Array>
  const reader = body.getReader()

  const gone = reader.read()
  reader.releaseLock()
  await expect(gone).rejects.toThrow(TypeError)
  const next = body.getReader()
  const reads = await Promise.all([next.read(), next.read(), next.read(), next.read()])

  expect(reads.map(({ value }) => value?.[0])).toEqual([97, 98, 99, undefined])
})

test('iterates, and cancels when left early', async () => {
  const whole = await load([bytes('a'), bytes('b')])
  const seen: number[] = []
  for await (const chunk of whole.response.body as ReadableStream<Uint8Array>) seen.push(chunk[0] ?? 0)
  const left = await load([bytes('a'), bytes('b')])
  for await (const _chunk of left.response.body as ReadableStream<Uint8Array>) break

  expect([seen, whole.source.cancelled, left.source.cancelled, (left.response.body as ReadableStream).locked]).toEqual([[97, 98], false, true, false])
})

test('clones: both read all, the source is cancelled when both are', async () => {
  const { response, source } = await load([bytes('a'), bytes('b')])
  const copy = response.clone()
  expect([await copy.text(), await response.text(), copy.url]).toEqual(['ab', 'ab', 'https://a/'])
  expect(source.cancelled).toBe(false)

  const other = await load([bytes('a')])
  const second = other.response.clone()
  const first = other.response.body?.cancel()
  await Promise.resolve()
  expect(other.source.cancelled).toBe(false)
  await Promise.all([first, second.body?.cancel()])
  expect(other.source.cancelled).toBe(true)
})

test('clones of a body share no bytes', async () => {
  const GuestResponse: typeof Response = createHarness().globals['Response']
  const response = new GuestResponse('ab')
  const copy = response.clone()

  new Uint8Array(await response.arrayBuffer()).fill(0)

  expect(await copy.text()).toBe('ab')
})

test('fails with a TypeError that keeps the code when the network fails in the middle', async () => {
  const { response } = await load([bytes('a'), Object.assign(new Error('gone'), { code: 'network-failed', name: 'CapabilityError' })])

  await expect(response.text()).rejects.toMatchObject({ name: 'TypeError', code: 'network-failed' })
})

test.each<[name: string, args: unknown[]]>([
  ['nothing', []],
  ['text', ['x', { status: 201, statusText: 'Made', headers: { a: 'b' } }]],
  ['params', [new URLSearchParams('a=b')]],
  ['status 204', [null, { status: 204 }]],
  ['a body with 204', ['x', { status: 204 }]],
  ['status 199', ['x', { status: 199 }]],
  ['status 600', ['x', { status: 600 }]],
  ['a bad reason', ['', { statusText: '\n' }]],
  ['own type', ['x', { headers: { 'content-type': 'a/b' } }]],
  ['bytes', [new Uint8Array([104, 105])]],
  ['a view', [new DataView(new Uint8Array([104, 105]).buffer, 1)]],
  ['a number', [5]],
  ['an object', [{}]],
])('Response of %s as the platform does', async (_name, args) => {
  const { globals } = createHarness()
  const guestArgs = args[0] instanceof URLSearchParams ? [new globals['URLSearchParams'](args[0].toString())] : args
  const read = async (type: typeof Response, given: unknown[]): Promise<unknown> => {
    try {
      const response = new type(...(given as [BodyInit]))
      return [
        response.status,
        response.statusText,
        response.ok,
        response.type,
        response.url,
        response.redirected,
        [...response.headers],
        response.body === null,
        await response.text(),
        response.bodyUsed,
      ]
    } catch (error) {
      return (error as Error).name
    }
  }
  expect(await read(globals['Response'], guestArgs)).toEqual(await read(Response, args))
})

test('Response statics', async () => {
  const GuestResponse: typeof Response = createHarness().globals['Response']
  const json = GuestResponse.json({ a: 1 }, { status: 202 })
  const redirect = GuestResponse.redirect('https://a/b', 307)

  expect([json.status, json.headers.get('content-type'), await json.json()]).toEqual([202, 'application/json', { a: 1 }])
  expect([redirect.status, redirect.headers.get('location')]).toEqual([307, 'https://a/b'])
  expect([GuestResponse.error().type, GuestResponse.error().status]).toEqual(['error', 0])
  expect(() => GuestResponse.redirect('https://a/', 200)).toThrow(RangeError)
  expect(() => GuestResponse.json(undefined)).toThrow(TypeError)
  expect(() => GuestResponse.error().headers.set('a', 'b')).toThrow(TypeError)
})
