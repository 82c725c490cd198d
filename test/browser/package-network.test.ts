/** Packages over a real network stack, judged by what the server saw. */
import { zipSync } from 'fflate'
import { beforeEach, expect, inject, test } from 'vitest'
import { DEFAULT_PACKAGE_LIMITS } from '../../src/package/limits.ts'
import { loadSource } from '../../src/package/source.ts'
import { parseTrust } from '../../src/package/trust.ts'
import { verifyPackage } from '../../src/package/verify.ts'
import { DATA, DIGEST, MAIN, manifestText } from '../unit/package/fixture.ts'

const { otherOrigin } = inject('server')
const NAME = 'package-network'
const FILES = { 'glovebox.json': manifestText(), 'main.js': MAIN, 'data/cities.json': DATA }

interface Hit {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const load = (path: string, options: object = {}) => loadSource(new URL(path, otherOrigin), { fetch: globalThis.fetch, ...options })
const hits = async (path: string): Promise<readonly Hit[]> => (await fetch(`${otherOrigin}/hits?path=${path}`)).json()
const register = (files: object): Promise<Response> => fetch(`${otherOrigin}/register/${NAME}`, { method: 'POST', body: JSON.stringify({ files }) })

beforeEach(async () => {
  await register(FILES)
  await fetch(`${otherOrigin}/reset`, { method: 'POST' })
})

test('a URL gives the package, with requests that carry no cookie and no referrer', async () => {
  await fetch(`${otherOrigin}/cookie`, { credentials: 'include' })

  const pkg = await verifyPackage(await load(`/files/${NAME}/glovebox.json?v=1`), parseTrust({ kind: 'digests', allow: [DIGEST] }))

  expect(pkg.identity.origin).toBe(`${otherOrigin}/files/${NAME}/`)
  const seen = await hits('/files/')
  expect(seen.map(({ path }) => path).sort()).toEqual(['data/cities.json', 'glovebox.json', 'main.js'].map((file) => `/files/${NAME}/${file}`))
  for (const { headers } of seen)
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(cookie|referer|authorization)$/)]))
})

test('an archive by URL gives the same digest', async () => {
  const archive = zipSync(Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, new TextEncoder().encode(text)])))
  await register({ 'adder.glove': { base64: btoa(String.fromCharCode(...archive)) } })

  expect((await verifyPackage(await load(`/files/${NAME}/adder.glove`), parseTrust({ kind: 'development' }))).digest).toBe(DIGEST)
})

test('a redirect fails, and its target is never asked', async () => {
  await expect(load(`/redirect?to=/files/${NAME}/glovebox.json`)).rejects.toMatchObject({ code: 'fetch-failed' })

  expect(await hits('/files/')).toEqual([])
})

test('a server that allows no other origin fails', async () => {
  await expect(load(`/files/${NAME}/glovebox.json?cors=no`)).rejects.toMatchObject({ code: 'fetch-failed' })
})

test('a gzip bomb in place of the manifest stops at the cap', async () => {
  await expect(load('/gzip-bomb')).rejects.toMatchObject({ code: 'package-too-large', details: { maxBytes: DEFAULT_PACKAGE_LIMITS.manifestBytes } })
})

test('a server that drips for ever is left when the time is over', async () => {
  await expect(load('/drip', { limits: { fetchMs: 300 } })).rejects.toMatchObject({ code: 'fetch-failed' })
})
