/** `export default { fetch }`: requests of the app's, answered by an extension, with bodies that stream both ways. */
import type { Extension, GloveboxOptions } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { codeOf, failure, limitsOf, logsOf, openBox, pkg, run, until } from './box-harness.ts'

const CODE = `
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const seen = []
  let calls = 0
  const routes = {
    '/echo': async (request) => Response.json({ url: request.url, method: request.method, headers: [...request.headers], text: await request.text() }, { status: 201, statusText: 'Made', headers: { 'x-a': 'b' } }),
    '/mirror': (request) => new Response(request.body),
    '/upper': (request) => new Response(request.body.pipeThrough(new TextDecoderStream()).pipeThrough(new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()) } })).pipeThrough(new TextEncoderStream())),
    '/null': () => new Response(null, { status: 204 }),
    '/empty': () => new Response(''),
    '/throw': () => { throw new RangeError('no') },
    '/nothing': () => 5,
    '/error': () => Response.error(),
    '/used': async () => { const r = new Response('x'); await r.text(); return r },
    '/env': (request, env, ctx) => Response.json([Object.keys(env), Object.isFrozen(env), typeof ctx.waitUntil, ctx.passThroughOnException()]),
    '/calls': () => Response.json(++calls),
    '/seen': () => Response.json(seen),
    '/endless': () => { let n = 0; return new Response(new ReadableStream({ pull(c) { globalThis.pulled = ++n; c.enqueue(new Uint8Array(65536)) }, cancel(r) { seen.push('cancelled ' + r?.name) } })) },
    '/pulled': () => Response.json(globalThis.pulled),
    '/silent': (request) => { request.signal.onabort = () => seen.push('aborted ' + request.signal.reason.name); return new Response(new ReadableStream({ cancel(r) { seen.push('cancelled ' + r?.name) } })) },
    '/slow': (request) => { request.signal.onabort = () => seen.push('aborted'); console.log('waiting'); return new Promise(() => {}) },
    '/half': () => { let n = 0; return new Response(new ReadableStream({ async pull(c) { if (n++ === 0) c.enqueue(new Uint8Array(3)); else { await wait(20); c.error(new RangeError('gone')) } } })) },
    '/later': (request, env, ctx) => { ctx.waitUntil(wait(30).then(() => seen.push('later'))); ctx.waitUntil(Promise.reject(new Error('lost'))); return new Response('now') },
    '/loop': () => { for (;;); },
    '/loop-in-body': () => new Response(new ReadableStream({ async pull(c) { await wait(50); for (;;); } })),
    '/unread': () => new Response('done'),
    '/store': async (request, env) => { try { await env.storage.get('k'); return new Response('read') } catch (error) { return new Response(error.code) } },
    '/size': async (request) => { let size = 0; for await (const chunk of request.body) size += chunk.length; return Response.json(size) },
  }
  export default { fetch(request, env, ctx) { return routes[new URL(request.url).pathname](request, env, ctx) } }
`
/** Reads to the end. By a reader: what fails the stream, `text()` of Chromium's does not tell. */
async function readAll(response: Response): Promise<number> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return size
    size += value.length
  }
}

const URL_BASE = 'https://extension.test'

async function open(manifest: Record<string, unknown> = {}, options: Partial<GloveboxOptions> = {}): Promise<Extension> {
  return (await openBox(options)).install(pkg(CODE, manifest))
}

describe('a request', () => {
  test('arrives whole, and so does its response', async () => {
    const extension = await open()

    const response = await extension.fetch(`${URL_BASE}/echo?a=b`, { method: 'PUT', headers: { 'X-Id': '1' }, body: 'h\u00e9' })

    expect([response.status, response.statusText, response.ok, response.headers.get('x-a'), response.headers.get('content-type')]).toEqual([201, 'Made', true, 'b', 'application/json'])
    expect(await response.json()).toMatchObject({ url: `${URL_BASE}/echo?a=b`, method: 'PUT', text: 'h\u00e9' })
  })

  test('may be a Request, a URL, or a text relative to the page', async () => {
    const extension = await open()
    const request = new Request(`${URL_BASE}/echo`, { method: 'POST', body: new URLSearchParams({ a: '1 2' }) })

    expect(await (await extension.fetch(request)).json()).toMatchObject({ method: 'POST', text: 'a=1+2' })
    expect(request.bodyUsed).toBe(true)
    expect(await (await extension.fetch(new URL('/echo', URL_BASE))).json()).toMatchObject({ method: 'GET', text: '' })
    expect(await (await extension.fetch('/echo')).json()).toMatchObject({ url: `${location.origin}/echo` })
  })

  test.each<[string, unknown, number, string]>([['null', null, 204, ''], ['empty', '', 200, '']])('has a response without content: %s', async (path, _body, status, text) => {
    const response = await (await open()).fetch(`${URL_BASE}/${path}`)

    expect([response.status, await response.text(), response.body === null]).toEqual([status, text, path === 'null'])
  })

  test('brings what the extension has, and a context', async () => {
    expect(await (await (await open()).fetch(`${URL_BASE}/env`)).json()).toEqual([expect.arrayContaining(['storage', 'permissions', 'events']), true, 'function', null])
  })

  test('that needs a permission asks for it as a call does', async () => {
    const extension = await open({ optionalPermissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: 'to test' }] })

    expect(await (await extension.fetch(`${URL_BASE}/store`)).text()).toBe('read')
    expect(await (await (await open()).fetch(`${URL_BASE}/store`)).text()).toBe('permission-denied')
  })

  test('keeps the memory of a session, and begins anew with the lifetime call', async () => {
    const ask = async (extension: Extension): Promise<unknown[]> => {
      const answers = []
      for (let round = 0; round < 3; round += 1) answers.push(await (await extension.fetch(`${URL_BASE}/calls`)).json())
      return answers
    }

    expect(await ask(await open())).toEqual([1, 2, 3])
    expect(await ask(await open({ lifetime: 'call' }))).toEqual([1, 1, 1])
  })

  test.each([['a broken URL', 'http://'], ['credentials', 'https://u:p@a/']])('with %s is refused before it starts', async (_name, url) => {
    const extension = await open()

    expect(await failure(extension.fetch(url))).toBeInstanceOf(TypeError)
    expect(extension.state).toBe('stopped')
  })
})

describe('bodies', () => {
  test('stream through the extension', async () => {
    const extension = await open()
    const text = 'abc \u00e9 '.repeat(100_000)

    expect(await (await extension.fetch(`${URL_BASE}/upper`, { method: 'POST', body: text })).text()).toBe(text.toUpperCase())
  })

  test('of the app, chunk by chunk, whose chunks stay the app\'s own', async () => {
    const extension = await open()
    const chunk = new Uint8Array(100_000).fill(7)
    let left = 20
    const body = new ReadableStream({ pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()) })

    expect(await (await extension.fetch(`${URL_BASE}/size`, { method: 'POST', body })).json()).toBe(2_000_000)
    expect(chunk.length).toBe(100_000)
  })

  test('come back while they are still sent', async () => {
    const extension = await open()
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) })
    const response = await extension.fetch(`${URL_BASE}/mirror`, { method: 'POST', body })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()

    for (const byte of [1, 2, 3]) {
      feed?.enqueue(new Uint8Array([byte]))
      expect([...((await reader.read()).value ?? [])]).toEqual([byte])
    }
    feed?.close()
    expect((await reader.read()).done).toBe(true)
  })

  test('are made as far as they are read', async () => {
    const extension = await open()
    const response = await extension.fetch(`${URL_BASE}/endless`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const pulled = (await (await extension.fetch(`${URL_BASE}/pulled`)).json()) as number
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let read = 0
    while (read < 2 ** 20) read += (await reader.read()).value?.length ?? 0

    expect(pulled).toBeLessThanOrEqual(8)
    expect(await (await extension.fetch(`${URL_BASE}/pulled`)).json()).toBeLessThanOrEqual(pulled + 24)
    await reader.cancel()
    await until(async () => JSON.stringify(await (await extension.fetch(`${URL_BASE}/seen`)).json()).includes('cancelled'), 'the guest to hear of it')
  })

  test('of requests are asked for as far as the extension reads', async () => {
    const extension = await open()
    let pulled = 0
    const body = new ReadableStream({ pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(65_536))) }, { highWaterMark: 0 })

    await extension.fetch(`${URL_BASE}/silent`, { method: 'POST', body })
    await new Promise((resolve) => setTimeout(resolve, 100))

    expect(pulled).toBeLessThanOrEqual(8)
  })

  test('that nobody needs any more are cancelled', async () => {
    const extension = await open()
    let isCancelled = false
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)), cancel: () => void (isCancelled = true) })

    await (await extension.fetch(`${URL_BASE}/unread`, { method: 'POST', body })).text()

    await until(() => isCancelled, 'the source to be cancelled')
  })

  test('that fail in the guest fail in the app', async () => {
    const response = await (await open()).fetch(`${URL_BASE}/half`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()

    expect((await reader.read()).value?.length).toBe(3)
    expect(await failure(reader.read())).toMatchObject({ name: 'GuestError', code: 'thrown', message: 'gone' })
  })

  test('that fail in the app fail in the guest, without its words', async () => {
    const extension = await open()
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('secret')) })

    const error = await failure(extension.fetch(`${URL_BASE}/echo`, { method: 'POST', body }))

    expect(error).toMatchObject({ code: 'thrown' })
    expect(error.message).not.toContain('secret')
  })
})

describe('errors', () => {
  test.each<[string, string, string]>([
    ['a handler that throws', '/throw', 'thrown'],
    ['an answer that is no response', '/nothing', 'thrown'],
    ['a network error', '/error', 'thrown'],
    ['a body that was read', '/used', 'thrown'],
  ])('%s', async (_name, path, code) => {
    const extension = await open()

    expect(await codeOf(extension.fetch(URL_BASE + path))).toBe(code)
    expect((await extension.fetch(`${URL_BASE}/calls`)).ok).toBe(true)
  })

  test.each([['no default export', 'export const a = 1'], ['a default without fetch', 'export default {}'], ['a default that is nothing', 'export default null']])(
    '%s', async (_name, code) => {
      const extension = await (await openBox()).install(pkg(code))

      expect(await codeOf(extension.fetch(URL_BASE))).toBe('export-missing')
    })

  test('after the end', async () => {
    const box = await openBox()
    const extension = await box.install(pkg(CODE))
    const response = await extension.fetch(`${URL_BASE}/silent`)
    const lines = logsOf(extension)
    const codes = Promise.all([codeOf(extension.fetch(`${URL_BASE}/slow`)), codeOf(readAll(response))])
    await until(() => lines.length > 0, 'the guest to wait')

    await extension.stop()

    expect(await codes).toEqual(['disposed', 'disposed'])
    expect((await extension.fetch(`${URL_BASE}/calls`)).ok).toBe(true)
    await box.uninstall(extension.id)
    expect(await codeOf(extension.fetch(`${URL_BASE}/calls`))).toBe(await codeOf(extension.call('any')))
  })
})

describe('time', () => {
  test('a handler that loops or never answers ends at the deadline', async () => {
    const extension = await open()

    expect(await codeOf(extension.fetch(`${URL_BASE}/loop`, { timeoutMs: 200 }))).toBe('deadline-exceeded')
    expect(await codeOf(extension.fetch(`${URL_BASE}/slow`, { timeoutMs: 200 }))).toBe('deadline-exceeded')
    expect((await extension.fetch(`${URL_BASE}/calls`)).ok).toBe(true)
  })

  test('a body that brings nothing fails its reader, and tells the guest', async () => {
    const extension = await open()
    const limits = limitsOf(extension)
    await extension.fetch(`${URL_BASE}/calls`)
    const response = await extension.fetch(`${URL_BASE}/silent`, { timeoutMs: 1_000 })
    await new Promise((resolve) => setTimeout(resolve, 1_100)) // nobody reads: nobody waits

    expect(await codeOf(readAll(response))).toBe('deadline-exceeded')

    await expect.poll(() => limits.map(({ code }) => code)).toEqual(['deadline-exceeded'])
    await until(async () => ((await (await extension.fetch(`${URL_BASE}/seen`)).json()) as string[]).length === 2, 'the guest to hear of it')
    expect(await (await extension.fetch(`${URL_BASE}/seen`)).json()).toEqual(['aborted AbortError', 'cancelled AbortError'])
  })

  test('a loop in a body ends as a turn that takes too long', async () => {
    const extension = await open({}, { limits: { turnMs: 1_000 } })
    const response = await extension.fetch(`${URL_BASE}/loop-in-body`, { timeoutMs: 5_000 })

    expect(await codeOf(readAll(response))).toBe('turn-exceeded')
    expect((await extension.fetch(`${URL_BASE}/calls`)).ok).toBe(true)
  })

  test('waitUntil keeps the instance of a call', async () => {
    const box = await openBox({ limits: { maxInstances: 1 } })
    const stored = { name: 'storage:write', scope: { prefixes: [''] }, reason: 'to test' }
    const extension = await box.install(pkg(`
      export default { async fetch(request, env, ctx) {
        if (request.method === 'GET') return Response.json(await env.storage.get('k') ?? null)
        ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 50)).then(() => env.storage.set('k', 1)))
        return new Response('now')
      } }`, { lifetime: 'call', permissions: [stored, { ...stored, name: 'storage:read' }] }))

    expect(await (await extension.fetch(URL_BASE, { method: 'POST' })).text()).toBe('now')

    expect(await (await extension.fetch(URL_BASE)).json()).toBe(1)
  })
})

describe('an abort', () => {
  test('before the answer rejects with its reason, and aborts the guest\'s signal', async () => {
    const extension = await open()
    const lines = logsOf(extension)
    const controller = new AbortController()
    let isCancelled = false
    const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => void (isCancelled = true) }, { highWaterMark: 0 })
    const pending = failure(extension.fetch(`${URL_BASE}/slow`, { method: 'POST', body, signal: controller.signal }))
    await until(() => lines.length > 0, 'the guest to wait')

    controller.abort(new Error('stop'))

    expect(await pending).toMatchObject({ message: 'stop' })
    await until(() => isCancelled, 'the source to be cancelled')
    expect(await (await extension.fetch(`${URL_BASE}/seen`)).json()).toEqual(['aborted'])
  })

  test('that comes before the guest has begun reaches the signal of its request', async () => {
    const extension = await open()
    await extension.start()
    const controller = new AbortController()
    let asked = 0
    const body = new ReadableStream({
      async pull(chunks) {
        if (asked++ === 0) return chunks.enqueue(new Uint8Array(1))
        controller.abort(new Error('stop')) // the first chunk was taken: the request is on its way
      },
    }, { highWaterMark: 0 })

    expect(await failure(extension.fetch(`${URL_BASE}/slow`, { method: 'POST', body, signal: controller.signal }))).toMatchObject({ message: 'stop' })

    expect(await (await extension.fetch(`${URL_BASE}/seen`)).json()).toEqual(['aborted'])
  })

  test('fails a body that is read, and cancels it in the guest', async () => {
    const extension = await open()
    const controller = new AbortController()
    const response = await extension.fetch(`${URL_BASE}/silent`, { signal: controller.signal })
    const read = failure(readAll(response))

    controller.abort(new Error('stop'))

    expect(await read).toMatchObject({ message: 'stop' })
    expect(await (await extension.fetch(`${URL_BASE}/seen`)).json()).toEqual(['aborted AbortError', 'cancelled AbortError'])
  })

  test('that came first starts nothing', async () => {
    const extension = await open()

    expect(await failure(extension.fetch(`${URL_BASE}/calls`, { signal: AbortSignal.abort(new Error('early')) }))).toMatchObject({ message: 'early' })
    expect(await (await extension.fetch(`${URL_BASE}/calls`)).json()).toBe(1)
  })
})

test('with the lifetime call the instance is free when the body has ended or was cancelled, not before', async () => {
  const extension = await open({ lifetime: 'call' }, { limits: { maxInstances: 1 } })
  const first = await extension.fetch(`${URL_BASE}/endless`)
  let isAnswered = false
  const second = extension.fetch(`${URL_BASE}/calls`).then((response) => {
    isAnswered = true
    return response.json()
  }).catch((error: unknown) => error)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(isAnswered).toBe(false)

  await first.body?.cancel()

  expect(await second).toBe(1)
})

test('a small body that the app never reads frees the instance of a call extension', async () => {
  const extension = await run(`export default { fetch: () => new Response('12345') }; export const ok = () => 1`, {
    lifetime: 'call', limits: { maxInstances: 1 },
  })

  const response = await extension.fetch('https://app.example/')
  expect(await extension.call('ok')).toBe(1)
  expect(await response.text()).toBe('12345')
})
