import { expect, inject, test } from 'vitest'

const { origin, otherOrigin } = inject('server')

test('logs hits by path and forgets them on reset', async () => {
  await fetch(`${origin}/reset`, { method: 'POST' })
  await fetch(`${otherOrigin}/status?code=204`)

  const hits: unknown[] = await (await fetch(`${origin}/hits?path=/status`)).json()

  expect(hits).toMatchObject([{ method: 'GET', path: '/status', query: '?code=204' }])
})

test('a cookie of the server would travel with a credentialed request, so its absence means something', async () => {
  await fetch(`${origin}/cookie`, { credentials: 'include' })

  const { headers } = await (await fetch(`${otherOrigin}/echo`, { credentials: 'include' })).json()

  expect(headers.cookie).toContain('session=secret')
})

test('serves what a test registered', async () => {
  const files = { 'glovebox.json': '{"id":"com.acme.a"}', 'data/a.bin': { base64: btoa('abc') } }
  const { url } = await (await fetch(`${origin}/register/sample`, { method: 'POST', body: JSON.stringify({ files }) })).json()

  const manifest = await (await fetch(new URL('glovebox.json', url))).json()
  const bytes = await (await fetch(new URL('data/a.bin', url))).text()

  expect(manifest).toEqual({ id: 'com.acme.a' })
  expect(bytes).toBe('abc')
})

test('serves the frame file byte for byte, with the headers that an isolated page asks for', async () => {
  const shipped = await fetch('/dist/frame.html')
  const source = await fetch('/src/host/frame/frame.html')

  expect(shipped.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(shipped.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(await source.text()).toBe(await shipped.text())
})

test('serves dist as it is, with the types that browsers insist on', async () => {
  const wasm = await fetch('/dist/quickjs.wasm', { method: 'HEAD' })
  const worker = await fetch('/dist/script.worker.js', { method: 'HEAD' })

  expect(wasm.headers.get('content-type')).toBe('application/wasm')
  expect(worker.headers.get('content-type')).toContain('text/javascript')
})
