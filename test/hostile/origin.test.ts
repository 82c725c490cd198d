/** Attacks 1 to 3: what code that escaped the engine reaches from its worker. Nothing of the page's, and not the network. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createGlovebox } from 'glovebox'
import { escape } from './escaped-harness.ts'
import { codeOf, openBox } from '../browser/box-harness.ts'
import { KNOWN_GLOBALS } from './known-globals.ts'

const { origin } = inject('server')
const target = `${origin}/escaped-hit`

beforeAll(async () => {
  indexedDB.open('the-page-has-one')
  localStorage.setItem('secret', 'of the page')
  await fetch(`${origin}/reset`, { method: 'POST' })
})
afterAll(() => {
  indexedDB.deleteDatabase('the-page-has-one')
  localStorage.clear()
})

const NETWORK = [
  'fetch', 'fetch no-cors', 'XMLHttpRequest', 'importScripts', 'import http', 'WebSocket', 'EventSource', 'WebTransport', 'sendBeacon', 'FontFace url',
  'nested worker that fetches', 'nested worker that imports',
]
const ORIGIN = ['indexedDB.open', 'indexedDB.databases', 'navigator.locks', 'opfs', 'cookieStore', 'import data', 'import blob', 'eval', 'Function', 'Function through a constructor', 'nested worker with indexedDB', 'caches']

// Firefox stalls a worker now and then (a font's load): not what is asked here.
test('escaped code with every global it ever had reaches no network, as the server saw it', { retry: 2, timeout: 60_000 }, async () => {
  const { attack } = await escape()

  const verdicts = await Promise.all(NETWORK.map(async (name) => [name, await attack(`escape ${name}`, target)]))

  for (const [name, verdict] of verdicts) expect(`${name}: ${verdict}`).toMatch(/: (absent|refused)/)
  const hits: { readonly path: string }[] = await (await fetch(`${origin}/hits?path=/escaped-hit`)).json()
  expect(hits).toEqual([])
})

test.each(ORIGIN)('escaped code with every global it ever had: %s is refused', async (name) => {
  const { attack } = await escape()

  expect(await attack(`escape ${name}`)).toMatch(/^(absent|refused)/)
})

test('a BroadcastChannel of escaped code does not reach the page', async () => {
  const { attack, extension } = await escape()
  const heard: unknown[] = []
  const channel = new BroadcastChannel('overheard')
  channel.onmessage = ({ data }) => heard.push(data)

  await attack('escape broadcast', 'overheard')
  await extension.call('ok') // a round trip later

  channel.close()
  expect(heard).toEqual([])
})

test('what escaped code posts to the frame starts nothing and ends nothing', async () => {
  const { attack, extension } = await escape()

  await attack('escape post to the frame')

  expect(await extension.call('ok')).toBe(1)
})

test('the worker\'s global has no name beyond the known ones', async () => {
  const { attack } = await escape()

  const names = (await attack('escape globals')) as string[]

  expect(names.filter((name) => !KNOWN_GLOBALS.has(name))).toEqual([])
})

test('a frame that answers in our frame\'s name, or starts it first, gets nothing', async () => {
  // A sibling of the same page floods both directions with well-formed words under guessed nonces.
  const sibling = document.createElement('iframe')
  sibling.srcdoc = `<script>
    setInterval(() => {
      for (let i = 0; i < parent.frames.length; i++) {
        const { port1 } = new MessageChannel()
        try { parent.frames[i].postMessage({ glovebox: 1, nonce: '0', ready: true }, '*', [port1]) } catch {}
      }
      parent.postMessage({ glovebox: 1, nonce: '0', ready: true }, '*')
    }, 1)
  <\/script>`
  document.body.append(sibling)

  const { extension } = await escape()

  expect(await extension.call('ok')).toBe(1)
  sibling.remove()
})

test('createGlovebox refuses to run inside a frame of ours', async () => {
  // What a single-page fallback does: it serves the app in the place of frame.html, which the app then runs sandboxed.
  const url = await register({ 'frame.html': `<script type="module">
    import { createGlovebox } from '${origin}/dist/index.js'
    createGlovebox({ trust: { kind: 'development' } }).then(() => 'opened', (error) => error.code).then((code) => parent.postMessage({ nested: code }, '*'))
  <\/script>` })
  const nested = new Promise((resolve) => addEventListener('message', ({ data }) => { if (data?.nested) resolve(data.nested) }))

  const code = codeOf(createGlovebox({ trust: { kind: 'development' }, store: 'memory', assets: url, startTimeoutMs: 1500 }))

  expect(await nested).toBe('nested')
  expect(await code).toBe('frame-missing')
  expect(document.querySelectorAll('iframe[title=glovebox]').length).toBe(0)
})

test('a missing frame is named, with the usual causes', async () => {
  await expect(openBox({ assets: `${origin}/nowhere/`, startTimeoutMs: 700 })).rejects.toMatchObject({
    code: 'frame-missing',
    message: expect.stringMatching(/nowhere\/frame\.html.*copied.*single-page.*frame-src.*Cross-Origin-Resource-Policy/s),
  })
})

async function register(files: Record<string, string>): Promise<string> {
  const response = await fetch(`${origin}/register/spa`, { method: 'POST', body: JSON.stringify({ files }) })
  return ((await response.json()) as { readonly url: string }).url
}
