import { afterEach, describe, expect, test, vi } from 'vitest'
import { loadSource } from '../../../src/package/source.ts'
import { createFakeServer, endless, type FakeServer, type Served } from './fake-server.ts'
import { DATA, FILES, MAIN, MANIFEST, manifestText } from './fixture.ts'
import { encode, makeZip } from './make-zip.ts'

// Nothing here waits for real time; the machine may still be slow.
vi.setConfig({ testTimeout: 30_000 })

const BASE = 'https://cdn.example/ext/adder/'
const ROUTES: Readonly<Record<string, Served>> = {
  'glovebox.json': { body: manifestText(), type: 'application/json' },
  'main.js': { body: MAIN },
  'data/cities.json': { body: DATA },
}
const ZIP = makeZip([
  { name: 'glovebox.json', data: manifestText() },
  { name: 'main.js', data: MAIN },
  { name: 'data/cities.json', data: DATA },
])

const serve = (change: Readonly<Record<string, Served>> = {}): FakeServer =>
  createFakeServer(new Map(Object.entries({ ...ROUTES, ...change }).map(([path, served]) => [new URL(path, BASE).href, served])))
const load = (server: FakeServer, url = `${BASE}glovebox.json`, options: object = {}) => loadSource(url, { fetch: server.fetch, ...options })
const texts = (files: ReadonlyMap<string, Uint8Array>): unknown =>
  Object.fromEntries([...files].map(([path, content]) => [path, new TextDecoder().decode(content)]))

afterEach(() => {
  vi.useRealTimers()
})

describe('every kind of source gives the same package', () => {
  const refuse: typeof globalThis.fetch = () => Promise.reject(new Error('no network here'))
  const shared = new Uint8Array(new SharedArrayBuffer(ZIP.length))
  shared.set(ZIP)

  test.each<readonly [name: string, source: unknown, server: FakeServer | undefined, origin: string]>([
    ['a URL of a manifest', `${BASE}glovebox.json`, serve(), BASE],
    ['a URL object', new URL(`${BASE}glovebox.json`), serve(), BASE],
    [
      'a URL with query and hash',
      `${BASE}glovebox.json?v=1/2#x/y`,
      serve({ 'glovebox.json?v=1/2#x/y': ROUTES['glovebox.json'] ?? {}, 'glovebox.json?v=1/2': ROUTES['glovebox.json'] ?? {} }),
      BASE,
    ],
    ['a relative URL', 'adder/glovebox.json', serve(), BASE],
    ['a URL of an archive, whatever its name and type', `${BASE}adder`, serve({ adder: { body: ZIP, type: 'text/html' } }), BASE],
    ['an archive named like a manifest', `${BASE}glovebox.json`, serve({ 'glovebox.json': { body: ZIP } }), BASE],
    ['a manifest named like an archive', `${BASE}a.glove`, serve({ 'a.glove': ROUTES['glovebox.json'] ?? {} }), BASE],
    ['an archive in small chunks', `${BASE}a.glove`, serve({ 'a.glove': { body: bytewise(ZIP) } }), BASE],
    ['a Blob', new Blob([ZIP]), undefined, 'local'],
    ['a File', new File([ZIP], 'x.glove'), undefined, 'local'],
    ['an ArrayBuffer', ZIP.buffer, undefined, 'local'],
    ['a Uint8Array', ZIP, undefined, 'local'],
    ['a view into a larger buffer', new Uint8Array([0, ...ZIP, 0]).subarray(1, -1), undefined, 'local'],
    ['a DataView', new DataView(ZIP.buffer), undefined, 'local'],
    ['shared memory', shared, undefined, 'local'],
    ['manifest and files', { manifest: MANIFEST, files: FILES }, undefined, 'local'],
    ['manifest and bytes', { manifest: MANIFEST, files: { 'main.js': encode(MAIN), 'data/cities.json': encode(DATA).buffer } }, undefined, 'local'],
    ['a manifest without its list', { manifest: { ...MANIFEST, files: undefined }, files: FILES }, undefined, 'local'],
  ])('%s', async (_name, source, server, origin) => {
    const loaded = await loadSource(source, { fetch: server?.fetch ?? refuse, baseUrl: 'https://cdn.example/ext/' })

    expect(loaded.origin).toBe(origin)
    expect(loaded.manifest.id).toBe(MANIFEST.id)
    expect(texts(loaded.files)).toEqual(FILES)
  })

  test('as copies: later changes of the source change nothing', async () => {
    const bytes = encode(MAIN)
    const loaded = await loadSource({ manifest: MANIFEST, files: { ...FILES, 'main.js': bytes } }, { fetch: refuse })

    bytes.fill(0)

    expect(texts(loaded.files)).toEqual(FILES)
  })

  test('and files of an object are its own: what it inherits is not there', async () => {
    const files: unknown = Object.assign(Object.create({ 'data/cities.json': DATA }) as object, { 'main.js': MAIN })

    await expect(loadSource({ manifest: MANIFEST, files }, { fetch: refuse })).rejects.toMatchObject({ code: 'file-missing' })
  })
})

describe('a request', () => {
  test('carries nothing of the page and follows no redirect', async () => {
    const server = serve()
    await load(server)

    expect(server.asked.map(({ url }) => url).sort()).toEqual([`${BASE}data/cities.json`, `${BASE}glovebox.json`, `${BASE}main.js`])
    for (const { init } of server.asked) {
      expect(init).toMatchObject({ mode: 'cors', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', cache: 'no-cache' })
    }
  })

  test.each(['a?b.js', 'a#b.js', '%2e%2e/%2e%2e/secret.js', 'a%2f..%2fb.js', 'https;/evil.example/x.js', 'z\u00fcrich.js'])(
    'stays below the manifest for the file %s',
    async (path) => {
      const server = createFakeServer(new Map([[`${BASE}glovebox.json`, { body: manifestText({ files: ['main.js', path] }) }]]))
      await load(server).catch(() => undefined)

      for (const { url } of server.asked) expect(new URL(url).href).toMatch(new RegExp(`^${BASE}`))
      expect(server.asked.map(({ url }) => decodeURIComponent(url.slice(BASE.length)))).toContain(path)
    },
  )

  test('is one of at most six at a time', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${index}.js`)
    const server = serve({
      'glovebox.json': { body: manifestText({ files: ['main.js', ...names] }) },
      ...Object.fromEntries(names.map((name) => [name, { body: name }])),
    })

    expect((await load(server)).files.size).toBe(41)
    expect(server.most()).toBe(6)
  })
})

describe('a URL fails', () => {
  const FAILURES: readonly (readonly [name: string, change: Readonly<Record<string, Served>>, code: string, details?: object])[] = [
    ['where the manifest is absent', { 'glovebox.json': { status: 404 } }, 'fetch-failed', { url: `${BASE}glovebox.json`, status: 404 }],
    ['where a file is absent', { 'main.js': { status: 404 } }, 'fetch-failed', { url: `${BASE}main.js`, status: 404 }],
    ['on a server error', { 'main.js': { status: 500 } }, 'fetch-failed', { status: 500 }],
    ['on a part of a file', { 'main.js': { status: 206, body: 'x' } }, 'fetch-failed', { status: 206 }],
    ['where fetch followed a redirect all the same', { 'main.js': { body: MAIN, redirected: true } }, 'fetch-failed'],
    ['where the network, CORS or a redirect fails', { 'main.js': { fails: true } }, 'fetch-failed', { url: `${BASE}main.js` }],
    ['where the body breaks off', { 'main.js': { body: broken() } }, 'fetch-failed', { url: `${BASE}main.js` }],
    ['on a page instead of the manifest', { 'glovebox.json': { body: '<!doctype html>', type: 'text/html' } }, 'manifest-invalid'],
    [
      'on a page instead of a file',
      { 'main.js': { body: '\n<!DOCTYPE html><p>', type: 'text/html; charset=utf-8' } },
      'fetch-failed',
      { url: `${BASE}main.js` },
    ],
    ['on an empty manifest', { 'glovebox.json': {} }, 'manifest-invalid'],
    ['on an endless manifest', { 'glovebox.json': { body: endless(new Uint8Array(65_536)) } }, 'package-too-large'],
    ['on an endless archive', { 'glovebox.json': { body: endlessZip() } }, 'package-too-large'],
    ['on an endless file', { 'main.js': { body: endless(new Uint8Array(2 ** 20)) } }, 'package-too-large'],
  ]

  test.each(FAILURES.map(([name, change, code, details = {}]) => ({ name, change, code, details })))('$name', async ({ change, code, details }) => {
    await expect(load(serve(change))).rejects.toMatchObject({ code, details })
  })

  test('on files that are too large only together', async () => {
    await expect(load(serve(), undefined, { limits: { totalBytes: MAIN.length + DATA.length } })).rejects.toMatchObject({ code: 'package-too-large' })
  })

  test('and cancels what was still coming', async () => {
    const cancelled = new Promise<void>((resolve) => {
      void load(serve({ 'main.js': { body: endless(new Uint8Array(1), resolve) }, 'data/cities.json': { status: 404 } })).catch(() => undefined)
    })

    await expect(cancelled).resolves.toBeUndefined()
  })

  test('when a server never answers, even where fetch ignores its signal', async () => {
    vi.useFakeTimers()
    const loading = expect(load(serve({ 'main.js': { hangs: true } }))).rejects.toMatchObject({ code: 'fetch-failed' })

    await vi.advanceTimersByTimeAsync(60_000)

    await loading
  })

  test.each<readonly [name: string, change: Readonly<Record<string, Served>>]>([
    ['a request waits', { 'main.js': { hangs: true } }],
    ['a body waits', { 'main.js': { body: new ReadableStream({ pull: () => new Promise(() => undefined) }) } }],
  ])('with the reason of the caller who aborts while %s', async (_name, change) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const server = serve(change)
    const loading = load(server, undefined, { signal: controller.signal })

    await vi.waitUntil(() => server.asked.length === 3, { timeout: 20_000 })
    controller.abort(reason)

    await expect(loading).rejects.toBe(reason)
  })
})

describe('what is no source is refused with a TypeError', () => {
  test.each<readonly [name: string, source: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['an array', [ZIP]],
    ['an object', {}],
    ['only a manifest', { manifest: MANIFEST }],
    ['a data: URL', 'data:application/json,{}'],
    ['a javascript: URL', 'javascript:alert(1)'],
    ['a file: URL', 'file:///glovebox.json'],
    ['a URL with a password', 'https://user:secret@cdn.example/glovebox.json'],
    ['a URL with a user', 'https://user@cdn.example/glovebox.json'],
    ['no URL', 'https://'],
    ['a relative URL without a base', 'glovebox.json'],
    ['files that are an array', { manifest: MANIFEST, files: [MAIN] }],
    ['files that are null', { manifest: MANIFEST, files: null }],
    ['a file that is a number', { manifest: MANIFEST, files: { ...FILES, 'main.js': 1 } }],
  ])('%s', async (_name, source) => {
    const server = serve()

    await expect(loadSource(source, { fetch: server.fetch })).rejects.toThrow(TypeError)
    expect(server.asked).toEqual([])
  })

  test.each<readonly [name: string, source: unknown, code: string]>([
    ['bytes that are no archive', encode(manifestText()), 'archive-invalid'],
    ['an empty Blob', new Blob([]), 'archive-invalid'],
    ['a manifest that is null', { manifest: null, files: FILES }, 'manifest-invalid'],
    ['a file too many', { manifest: MANIFEST, files: { ...FILES, 'more.js': '' } }, 'file-missing'],
    ['a file too few', { manifest: MANIFEST, files: { 'main.js': MAIN } }, 'file-missing'],
  ])('but %s are a matter of the package', async (_name, source, code) => {
    await expect(loadSource(source, { fetch: serve().fetch })).rejects.toMatchObject({ code })
  })
})

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(new TypeError('network error')) })
}

function bytewise(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const rest = [...bytes]
  return new ReadableStream({
    pull: (controller) => {
      const byte = rest.shift()
      if (byte === undefined) controller.close()
      else controller.enqueue(Uint8Array.of(byte))
    },
  })
}

function endlessZip(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(8 * 2 ** 20)
  chunk.set([0x50, 0x4b, 3, 4])
  return endless(chunk)
}
