/** Secrets in requests, against a real server that repeats what it was sent in every way it can think of. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/cache/store.ts'
import { createHostVault, type SecretOptions, type Vault } from '../../../src/capability/host-vault.ts'
import type { Capability } from '../../../src/capability/capability.ts'
import { createHttpCapability } from '../../../src/capability/http.ts'
import type { SecretBinding } from '../../../src/capability/secret-binding.ts'
import { type OpenVault, Secrets } from '../../../src/capability/secrets.ts'
import { extensionKey } from '../../../src/manifest/identity.ts'
import type { Limits } from '../../../src/manifest/limits.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import type { SealedStore } from '../../../src/wire/sealed-store.ts'
import { record } from '../../conformance/store.ts'
import { FakeClock } from '../permission/harness.ts'
import { call, codeOf, FakeCaller, memoryStore } from './harness.ts'

const SECRET = 'sk-live+/"0123456789\\<&>'
const ID = 'com.acme.test'

interface Hit {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
}

const hits: Hit[] = []
/** Answers anything, or sends elsewhere; the second one stands for whoever no secret is bound to. */
const servers: Server[] = []
let here = ''
let there = ''

/** What the echo answers with; set by each test. */
let echo: (authorization: string) => string = (text) => text
let headersOf: (authorization: string) => Record<string, string> = () => ({})
let splitAt = 0
let release: Promise<unknown> = Promise.resolve()

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url: path = '', method = '', headers } = request
  hits.push({ path, method, headers })
  const { searchParams } = new URL(path, 'http://x')
  if (path.startsWith('/v1/redirect')) {
    return void response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '/v1/echo' }).end()
  }
  if (path === '/held') return void release.then(() => response.end('released'))
  const authorization = headers.authorization ?? ''
  const body = echo(authorization)
  response.writeHead(200, headersOf(authorization))
  if (splitAt === 0) return void response.end(body)
  response.write(body.slice(0, splitAt), () => setImmediate(() => response.end(body.slice(splitAt))))
}

async function serve(): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

beforeAll(async () => {
  here = await serve()
  there = await serve()
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})
beforeEach(() => {
  hits.length = 0
  echo = (text) => text
  headersOf = () => ({})
  splitAt = 0
  release = Promise.resolve()
})

interface World {
  readonly store: Store
  readonly secrets: Secrets
  readonly vault: Vault
  readonly http: Capability
  readonly caller: FakeCaller
  readonly get: (path: string, more?: Record<string, unknown>) => Promise<Record<string, unknown>>
  readonly text: (path: string, more?: Record<string, unknown>) => Promise<string>
}

function grants(secrets: readonly string[] = ['token']): Permission[] {
  const http = { scope: { origins: [here, there], redirects: true }, reason: '' }
  return [{ name: 'http:read', ...http }, { name: 'http:write', ...http }, { name: 'vault:use', scope: { secrets }, reason: '' }]
}

/** What the extension's own secrets wait for, as it is behind other work of its own on the store. */
let turn: { readonly begin: () => void, readonly over: Promise<unknown> } | undefined

function slow(store: SealedStore, awaited: typeof turn): SealedStore {
  if (awaited === undefined) return store
  return { ...store, get: async (name) => {
    awaited.begin()
    await awaited.over
    return store.get(name)
  } }
}

/** The extension's own secrets wait from now on. */
function hold(): { readonly begun: Promise<void>, readonly release: () => void } {
  let release = (): void => undefined
  const over = new Promise<void>((resolve) => { release = resolve })
  const begun = new Promise<void>((resolve) => { turn = { begin: resolve, over } })
  return { begun, release: () => (turn = undefined, release()) }
}

async function setUp(permissions = grants(), limits: Partial<Limits> = {}): Promise<World> {
  const store = memoryStore()
  await store.installed.put(record(ID))
  const openVault: OpenVault = (owner) => slow(store.openVault(owner), owner === undefined ? undefined : turn)
  const secrets = new Secrets(openVault, { staleMs: undefined, now: () => 0 })
  const clock = new FakeClock()
  const http = createHttpCapability({ fetch, setTimer: clock.setTimer, secrets })
  const caller = new FakeCaller(permissions, limits)
  const get: World['get'] = async (path, more = {}) =>
    (await call(http, caller, 'http.fetch', { url: path.startsWith('http:') ? path : `${here}${path}`, headers: [['X-Glovebox-Secret', 'token']], ...more })) as Record<string, unknown>
  return {
    store, secrets, vault: createHostVault(openVault, () => secrets.changed()), http, caller, get,
    text: async (path, more) => new Response(caller.body(await get(path, more))).text(),
  }
}

function options(binding: Partial<SecretBinding> = {}, extensions: SecretOptions['extensions'] = [ID]): SecretOptions {
  return { binding: { origin: here, path: '/v1', methods: ['GET', 'POST'], header: 'Authorization', form: 'Bearer {}', ...binding }, extensions }
}

describe('a secret that is set anew again and again', () => {
  it('is looked for as it was the last sixteen times: what is remembered does not grow for ever', async () => {
    const { vault, text } = await setUp()
    const values = Array.from({ length: 20 }, (_, index) => `value-number-${index + 10}`)
    for (const value of values) {
      await vault.set('token', value, options())
      await text('/v1/echo')
    }
    echo = () => values.join(' ')

    const masked = 'value-number-10'.replace(/./g, '*')
    expect((await text('/v1/echo')).split(' ')).toEqual([...values.slice(0, 4), ...values.slice(4).map(() => masked)])
  })
})

describe('a secret that the app shares', () => {
  it('goes into the bound header, and its name stays here', async () => {
    const { vault, get, caller } = await setUp()
    await vault.set('token', SECRET, options())
    await get('/v1/echo')

    expect(hits[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
    expect(hits[0]?.headers).not.toHaveProperty('x-glovebox-secret')
    expect(caller.asked).toEqual(['http:read', 'vault:use'])
  })

  it('is one of several', async () => {
    const { vault, get } = await setUp(grants(['token', 'key']))
    await vault.set('token', SECRET, options())
    await vault.set('key', 'abcdefgh', options({ header: 'x-api-key', form: '{}' }))
    await get('/v1/echo', { headers: [['x-glovebox-secret', 'token, key'], ['accept', 'text/x']] })

    expect(hits[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-api-key': 'abcdefgh', accept: 'text/x' })
  })

  it('means nothing to replacing: a dollar stays one', async () => {
    const { vault, get } = await setUp()
    await vault.set('token', "$&$'$1$$abcdef", options())
    await get('/v1/echo')

    expect(hits[0]?.headers.authorization).toBe("Bearer $&$'$1$$abcdef")
  })

  it('is expanded nowhere else', async () => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options())
    const places = ['{token}', '{}', '${token}', '$token', '{{token}}', 'x-glovebox-secret: token']
    const headers = [['x-glovebox-secret', 'token'], ['x-request-id', '{} {token} ${token}']]
    await get(`/v1/echo?${places.map(encodeURIComponent).join('&')}`, { headers })

    expect(decodeURIComponent(hits[0]?.path ?? '')).toBe(`/v1/echo?${places.join('&')}`)
    expect(hits[0]?.headers['x-request-id']).toBe('{} {token} ${token}')
  })
})

describe('a request that the binding does not cover is not sent', () => {
  it.each<[string, string, Partial<SecretBinding>, Record<string, unknown>]>([
    ['another origin', '/v1/echo', { origin: 'https://api.example.com' }, {}],
    ['a longer host', '/v1/echo', { origin: 'https://127.0.0.1.evil.test' }, {}],
    ['another port', '/v1/echo', { origin: 'http://127.0.0.1:1' }, {}],
    ['a path above', '/', {}, {}],
    ['a path beside', '/v10', {}, {}],
    ['dots that lead out', '/v1/../v2', {}, {}],
    ['escaped dots that lead out', '/v1/%2e%2e/v2', {}, {}],
    ['a hidden separator', '/v1/%2e%2e%2fv2', {}, {}],
    ['escaped dots in capitals', '/v1/%2E%2E/v2', {}, {}],
    ['one dot plain, one escaped', '/v1/.%2e/v2', {}, {}],
    ['dots escaped twice', '/v1/%252e%252e/v2', {}, {}],
    ['dots with parameters', '/v1/..;a=b/v2', {}, {}],
    ['dots and a null byte', '/v1/..%00/v2', {}, {}],
    ['dots and a space', '/v1/..%20/v2', {}, {}],
    ['dots with a tab between', '/v1/.\t./v2', {}, {}],
    ['more steps out than in', '/v1/a/../../v2', {}, {}],
    ['a step out and two slashes', '/v1/..//v2', {}, {}],
    ['two slashes before', '//v1/echo', {}, {}],
    ['two slashes behind another', '/v2//v1/echo', {}, {}],
    ['an escaped slash behind', '/v1%2fecho', {}, {}],
    ['a semicolon behind', '/v1;/echo', {}, {}],
    ['escaped letters', '/%76%31/echo', {}, {}],
    ['a backslash that leads out', '/v1\\..\\v2', {}, {}],
    ['an escaped backslash', '/v1/..%5cv2', {}, {}],
    ['another case', '/V1/echo', {}, {}],
    ['another method', '/v1/echo', {}, { method: 'DELETE' }],
    ['a method that was not bound', '/v1/echo', { methods: ['GET'] }, { method: 'POST' }],
  ])('%s', async (_, path, binding, more) => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options(binding))

    expect(await codeOf(get(path, more))).toBe('secret-unavailable')
    expect(hits).toEqual([])
  })
})

describe('a request that the binding covers', () => {
  it.each([
    ['a path with two slashes in it', '/v1//a', '/v1', '/v1//a'], ['steps that stay within', '/v1/a/../b', '/v1', '/v1/b'], ['the path itself', '/v1', '/v1', '/v1'],
    ['an escaped slash where every path is bound', '/projects/a%2fb', '/', '/projects/a%2fb'],
  ])('is sent: %s', async (_, path, bound, expected) => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options({ path: bound }))
    await get(path)

    expect(hits.map((hit) => [hit.path, hit.headers.authorization])).toEqual([[expected, `Bearer ${SECRET}`]])
  })
})

describe('a redirect', () => {
  it.each([[301, 'GET'], [302, 'GET'], [303, 'POST'], [307, 'GET'], [307, 'POST'], [308, 'POST']])('of status %i for %s is an error with a secret', async (status, method) => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options())
    for (const to of [`${here}/v1/echo`, `${there}/v1/echo`]) {
      expect(await codeOf(get(`/v1/redirect?status=${status}&to=${encodeURIComponent(to)}`, { method, redirect: 'follow' }))).toBe('network-failed')
    }

    expect(hits.map(({ path }) => path.split('?')[0])).toEqual(['/v1/redirect', '/v1/redirect'])
  })

  it('is an error whatever the grant, and its target is not reached', async () => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options())

    expect(await codeOf(get('/v1/redirect', { redirect: 'follow' }))).toBe('network-failed')
    expect(hits.map(({ path }) => path)).toEqual(['/v1/redirect'])
    expect(await codeOf(get('/v1/redirect', { redirect: 'follow', headers: [] }))).toBe('resolved')
  })
})

describe('an extension gets nothing by', () => {
  it.each<[string, readonly string[], string]>([
    ["a name that is somebody else's", ['com.acme.other'], 'secret-unavailable'],
    ['a name that begins like its own', [`${ID}.more`, 'com.acme'], 'secret-unavailable'],
  ])('%s', async (_, extensions, code) => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options({}, extensions))
    const foreign = await get('/v1/echo').catch((error: Error) => error.message)
    await vault.delete('token')
    const missing = await get('/v1/echo').catch((error: Error) => error.message)

    expect(await codeOf(get('/v1/echo'))).toBe(code)
    expect(foreign).toBe(missing)
    expect(hits).toEqual([])
  })

  it('coming from elsewhere under the same id, where the app named the very extension', async () => {
    const { vault, get, caller } = await setUp()
    await vault.set('token', SECRET, options({}, [{ id: ID, origin: 'local' }]))
    await get('/v1/echo')
    caller.identity = { id: ID, origin: 'https://evil.test/' }

    expect(await codeOf(get('/v1/echo'))).toBe('secret-unavailable')
    expect(hits).toHaveLength(1)
  })

  it.each<[string, Permission[] | undefined]>([['no grant', []], ['a grant for another name', undefined]])('%s', async (_, permissions) => {
    const { vault, get } = await setUp(permissions === undefined ? grants(['other']) : grants().slice(0, 2))
    await vault.set('token', SECRET, options())

    expect(await codeOf(get('/v1/echo'))).toBe('permission-denied')
    expect(hits).toEqual([])
  })

  it('a secret of its own that nobody bound', async () => {
    const { store, get } = await setUp()
    await store.openVault({ key: extensionKey({ id: ID, origin: 'local' }), generation: 0 }).set('token', SECRET, { maxCount: 9 })

    expect(await codeOf(get('/v1/echo'))).toBe('secret-unavailable')
  })

  it('a secret of its own in the place of the one that the app shares', async () => {
    const { store, vault, get } = await setUp()
    const own = store.openVault({ key: extensionKey({ id: ID, origin: 'local' }), generation: 0 })
    await own.set('token', 'of-its-own-0', { maxCount: 9 })
    await vault.bind({ id: ID, origin: 'local' }, 'token', options().binding)
    await get('/v1/echo')
    await vault.set('token', SECRET, options())
    await get('/v1/echo')
    await vault.delete('token')
    await vault.bind({ id: ID, origin: 'local' }, 'token', null)

    expect(hits.map(({ headers }) => headers.authorization)).toEqual(['Bearer of-its-own-0', `Bearer ${SECRET}`])
    expect(await codeOf(get('/v1/echo'))).toBe('secret-unavailable')
  })

  it.each([
    ['while other secrets are read', 'token', true],
    ['while another one is read behind it', 'token, mine', false],
  ])('a secret that is deleted %s, for as long as the extension makes that take', async (_, names, isFirst) => {
    const { store, vault, get } = await setUp(grants(['token', 'mine']))
    await vault.set('token', SECRET, options())
    await store.openVault({ key: extensionKey({ id: ID, origin: 'local' }), generation: 0 }).set('mine', 'of-its-own-0', { maxCount: 9 })
    await vault.bind({ id: ID, origin: 'local' }, 'mine', options({ header: 'x-mine', form: '{}' }).binding)
    if (!isFirst) await get('/v1/echo', { headers: [['x-glovebox-secret', names]] }) // all are known from now on: none is read but to be sent
    hits.splice(0)
    const { begun, release } = hold()
    const request = codeOf(get('/v1/echo', { headers: [['x-glovebox-secret', names]] }))
    await begun
    await vault.delete('token')
    release()

    expect(await request).toBe('secret-unavailable')
    expect(hits).toEqual([])
  })

  it.each(['short', 'a line\r\nX-Injected: 1', 'a\0null byte', ' a space before', 'caf\u00e9 au lait', 'x'.repeat(4097)])(
    'a bound value that no header can carry: %j', async (value) => {
      const { store, vault, get } = await setUp()
      await store.openVault({ key: extensionKey({ id: ID, origin: 'local' }), generation: 0 }).set('token', value, { maxCount: 9 })
      await vault.bind({ id: ID, origin: 'local' }, 'token', options().binding)

      expect(await codeOf(get('/v1/echo'))).toBe('secret-unavailable')
      expect(hits).toEqual([])
    })

  it.each<[string, readonly (readonly [string, string])[]]>([
    ['a line feed in the name', [['x-glovebox-secret', 'token\nx']]],
    ['a carriage return behind it', [['x-glovebox-secret', 'token\r\nAuthorization: mine']]],
    ['a name that is no name', [['x-glovebox-secret', 'To ken']]],
    ['the same name twice', [['x-glovebox-secret', 'token'], ['X-GLOVEBOX-SECRET', 'token']]],
    ['no name', [['x-glovebox-secret', '']]],
    ['five names', [['x-glovebox-secret', 'a,b,c,d,e']]],
    ['a part of the answer', [['x-glovebox-secret', 'token'], ['Range', 'bytes=0-9']]],
    ['the bound header itself', [['x-glovebox-secret', 'token'], ['authorization', 'Bearer mine']]],
    ['the bound header in capitals', [['x-glovebox-secret', 'token'], ['AUTHORIZATION', 'Bearer mine']]],
    ['the bound header with a space', [['x-glovebox-secret', 'token'], ['authorization ', 'Bearer mine']]],
    ['the bound header with a colon', [['x-glovebox-secret', 'token'], ['authorization:', 'Bearer mine']]],
    ['the bound header within another one', [['x-glovebox-secret', 'token'], ['accept', 'x\r\nAuthorization: Bearer mine']]],
    ['the bound header within a name', [['x-glovebox-secret', 'token'], ['accept\r\nauthorization', 'Bearer mine']]],
    ['a folded line', [['x-glovebox-secret', 'token'], ['accept', 'x\n authorization: mine']]],
    ['a null byte', [['x-glovebox-secret', 'token'], ['accept', 'x\0']]],
    ['the name of the secret header in letters that fold', [['x-gloveb\u1d3fx-secret', 'token'], ['x-glovebox-secret', 'token']]],
    ['a name of Kelvins', [['x-glovebox-secret', 'to\u212aen']]],
    ['a framing header', [['x-glovebox-secret', 'token'], ['Transfer-Encoding', 'chunked']]],
    ['a length', [['x-glovebox-secret', 'token'], ['content-length', '0']]],
    ['a cookie', [['x-glovebox-secret', 'token'], ['Cookie', 'a=b']]],
    ['a host', [['x-glovebox-secret', 'token'], ['Host', 'evil.test']]],
    ['another method', [['x-glovebox-secret', 'token'], ['X-HTTP-Method-Override', 'DELETE']]],
    ['another place', [['x-glovebox-secret', 'token'], ['X-Forwarded-Host', 'evil.test']]],
    ['another path', [['x-glovebox-secret', 'token'], ['X-Original-URL', '/v2']]],
  ])('%s', async (_, headers) => {
    const { vault, get } = await setUp(grants(['token', 'a', 'b', 'c', 'd', 'e']))
    await vault.set('token', SECRET, options())

    expect(await codeOf(get('/v1/echo', { headers }))).toBe('invalid-argument')
    expect(hits).toEqual([])
  })

  it('two secrets for one header', async () => {
    const { vault, get } = await setUp(grants(['token', 'key']))
    await vault.set('token', SECRET, options())
    await vault.set('key', 'abcdefgh', options({ header: 'AUTHORIZATION' }))

    expect(await codeOf(get('/v1/echo', { headers: [['x-glovebox-secret', 'token, key']] }))).toBe('invalid-argument')
    expect(hits).toEqual([])
  })

  it('setting the bound header where it could set that one otherwise', async () => {
    const { vault, get } = await setUp()
    await vault.set('token', SECRET, options({ header: 'X-Request-Id' }))

    expect(await codeOf(get('/v1/echo', { headers: [['x-glovebox-secret', 'token'], ['x-request-id', 'mine']] }))).toBe('invalid-argument')
    expect(hits).toEqual([])
  })

  it.each<[string, (vault: Vault) => Promise<unknown>]>([
    ['was deleted', (vault) => vault.delete('token')],
    ['was bound elsewhere', (vault) => vault.set('token', SECRET, options({ path: '/v2' }))],
    ['is another\'s now', (vault) => vault.set('token', SECRET, options({}, ['com.acme.other']))],
  ])('a secret that %s while the request waited for its turn', async (_, change) => {
    let free: () => void = () => undefined
    release = new Promise<void>((resolve) => void (free = resolve))
    const { vault, get } = await setUp(grants(), { httpConcurrent: 1 })
    await vault.set('token', SECRET, options())
    const first = get('/held', { headers: [], method: 'HEAD' })
    while (hits.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = codeOf(get('/v1/echo'))
    await change(vault)
    free()
    await first

    expect(await second).toBe('secret-unavailable')
    expect(hits.map(({ path }) => path)).toEqual(['/held'])
  })

  it('a grant that goes before or during the request', async () => {
    const { vault, get, caller } = await setUp()
    await vault.set('token', SECRET, options())
    const going = codeOf(get('/v1/echo'))
    caller.revoke()

    expect(await going).toBe('permission-revoked')
  })
})

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

describe('an answer that repeats it', () => {
  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['percent-encoded', encodeURIComponent],
    ['as a form', (text) => new URLSearchParams({ text }).toString()],
    ['as JSON', (text) => JSON.stringify([text])],
    ['as JSON in JSON\'s safe form', (text) => JSON.stringify([text]).replace(/[<>&/]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)],
    ['in base64', base64], ['in base64 after one more', (text) => base64(`x${text}`)], ['in base64 after two more', (text) => base64(`xx${text}`)],
    ['in base64url', (text) => base64(text).replaceAll('+', '-').replaceAll('/', '_')],
  ])('%s is scrubbed, in body and headers', async (_, form) => {
    const { vault, get, caller } = await setUp()
    await vault.set('token', SECRET, options())
    echo = form
    headersOf = (text) => ({ 'x-echo': form(text), 'set-cookie': text })
    const reply = await get('/v1/echo')
    const seen = JSON.stringify(reply) + (await new Response(caller.body(reply)).text())
    const whole = form(`Bearer ${SECRET}`)

    expect(seen).not.toContain(whole)
    // Nothing of more than a few characters is left of it.
    expect(longestCommon(seen.replace(/Bearer|QmVhcmVy/g, ''), form(SECRET))).toBeLessThan(8)
    expect(seen).toMatch(/\*{20}/)
  })

  it('at every split of the body', async () => {
    const { vault, text } = await setUp()
    await vault.set('token', SECRET, options())
    echo = (authorization) => `{"seen": "${encodeURIComponent(authorization)}"}`
    const whole = await text('/v1/echo')
    for (splitAt = 1; splitAt < whole.length; splitAt++) expect(await text('/v1/echo')).toBe(whole)

    expect(whole).toMatch(/^\{"seen": "Bearer%20\*+"\}$/)
  })

  it('to a later request without it, also after it was deleted', async () => {
    const { vault, text } = await setUp()
    await vault.set('token', SECRET, options())
    await text('/v1/echo')
    await vault.delete('token')
    echo = () => `remembered ${SECRET}`

    expect(await text('/anything', { headers: [] })).toBe(`remembered ${'*'.repeat(SECRET.length)}`)
  })

  it('in the first answer of a page that has not used it yet', async () => {
    const { vault, text } = await setUp()
    await vault.set('token', SECRET, options())
    echo = () => `remembered ${SECRET}`

    expect(await text('/anything', { headers: [] })).not.toContain(SECRET)
  })

  it('by way of its origin is scrubbed, whoever was asked first and wherever it ended', async () => {
    const { vault, text } = await setUp()
    await vault.set('token', SECRET, options())
    echo = () => `remembered ${SECRET}`
    const masked = `remembered ${'*'.repeat(SECRET.length)}`
    const redirect = (from: string, to: string): string => `${from}/v1/redirect?to=${encodeURIComponent(`${to}/any`)}`

    expect(await text(redirect(there, here), { headers: [] })).toBe(masked)
    expect(await text(redirect(here, there), { headers: [] })).toBe(masked)
  })

  it('after it was bound elsewhere is scrubbed in both places', async () => {
    const { vault, text } = await setUp()
    await vault.set('token', SECRET, options())
    await text('/v1/echo')
    await vault.set('token', SECRET, options({ origin: there }))
    echo = () => `remembered ${SECRET}`

    expect(await text('/any', { headers: [] })).not.toContain(SECRET)
    expect(await text(`${there}/any`, { headers: [] })).not.toContain(SECRET)
  })

  it('from a server that no secret goes to is left alone: its masks would tell a guess that is right', async () => {
    const { vault, get, caller, text } = await setUp()
    await vault.set('token', SECRET, options())
    await text('/v1/echo')
    const guesses = Array.from({ length: 50 }, (_, index) => (index === 30 ? SECRET : `sk-guess-number-${index}`))
    echo = () => guesses.join('\n')
    headersOf = () => ({ 'x-guess': SECRET })
    const reply = await get(`${there}/any?${encodeURIComponent(SECRET)}`, { headers: [] })

    expect(await new Response(caller.body(reply)).text()).toBe(guesses.join('\n'))
    expect(reply['headers']).toContainEqual(['x-guess', SECRET])
    expect(reply['url']).not.toContain('*')
  })

  it('to another extension is none of its business', async () => {
    const { vault, text, caller } = await setUp()
    await vault.set('token', SECRET, options())
    await text('/v1/echo')
    echo = () => 'sk-live+/ and more'
    caller.identity = { id: 'com.acme.other', origin: 'local' }

    expect(await text('/anything', { headers: [] })).toBe('sk-live+/ and more')
  })
})

describe('log lines', () => {
  it('lose it once it was used, and after a reload with the first request', async () => {
    const { vault, secrets, get } = await setUp()
    const key = extensionKey({ id: ID, origin: 'local' })
    await vault.set('token', SECRET, options())
    await get('/v1/echo')

    expect(secrets.scrubText(key, `got ${SECRET}, ${base64(SECRET)}`)).toMatch(/^got \*+, \*+[^*]{0,4}$/)
    expect(secrets.scrubText(extensionKey({ id: 'com.acme.other', origin: 'local' }), SECRET)).toBe(SECRET)
    secrets.forget(key)
    expect(secrets.scrubText(key, SECRET)).toBe(SECRET)
  })
})

describe('the app', () => {
  it('lists names, bindings and users, and finds no way to a value', async () => {
    const { vault } = await setUp()
    await vault.set('token', SECRET, options())
    await vault.bind({ id: ID, origin: 'local' }, 'own', options().binding)
    const list = await vault.list()

    expect(list).toMatchObject([
      { name: 'own', owner: 'extension', binding: { origin: here }, extensions: [{ id: ID, origin: 'local' }] },
      { name: 'token', owner: 'app', binding: { ...options().binding, header: 'authorization' }, extensions: [ID] },
    ])
    expect(JSON.stringify(list)).not.toContain(SECRET.slice(0, 7))
    expect(Object.keys(vault)).toEqual(['set', 'bind', 'list', 'delete'])
  })

  it.each<[string, unknown, unknown, unknown]>([
    ['a short secret', 'token', '1234567', {}],
    ['a secret with a line feed', 'token', 'abcdefgh\r\nx: y', {}],
    ['a secret that is no text', 'token', 12345678, {}],
    ['an empty name', '', SECRET, {}], ['a name with a line feed', 'a\nb', SECRET, {}], ['a name with a capital', 'Token', SECRET, {}],
    ['no origin', 'token', SECRET, { origin: undefined }], ['http to another machine', 'token', SECRET, { origin: 'http://api.example.com' }],
    ['an origin with a path', 'token', SECRET, { origin: 'https://a.test/v1' }], ['a wildcard', 'token', SECRET, { origin: 'https://*.a.test' }],
    ['an origin with a dot behind', 'token', SECRET, { origin: 'https://a.test.' }],
    ['an upper-case host', 'token', SECRET, { origin: 'https://A.test' }],
    ['a path with dots', 'token', SECRET, { path: '/v1/../v2' }], ['a path with a hidden separator', 'token', SECRET, { path: '/v1%2f' }],
    ['a path with a query', 'token', SECRET, { path: '/v1?x' }], ['no methods', 'token', SECRET, { methods: [] }],
    ['an unknown method', 'token', SECRET, { methods: ['TRACE'] }], ['a method in lower case', 'token', SECRET, { methods: ['get'] }],
    ['a header with a colon', 'token', SECRET, { header: 'a: b' }], ['a header with a line feed', 'token', SECRET, { header: 'a\r\nb' }],
    ['the cookie', 'token', SECRET, { header: 'Cookie' }],
    ['the host', 'token', SECRET, { header: 'host' }],
    ['a proxy header', 'token', SECRET, { header: 'proxy-authorization' }],
    ['a header of the browser', 'token', SECRET, { header: 'sec-fetch-mode' }],
    ['a forwarding header', 'token', SECRET, { header: 'X-Forwarded-For' }],
    ['an override', 'token', SECRET, { header: 'X-HTTP-Method-Override' }], ['our own header', 'token', SECRET, { header: 'x-glovebox-secret' }],
    ['a form without a place', 'token', SECRET, { form: 'Bearer' }], ['a form with two', 'token', SECRET, { form: '{} {}' }],
    ['a form with a line feed', 'token', SECRET, { form: 'Bearer {}\nx' }], ['a field nobody knows', 'token', SECRET, { orgin: 'https://a.test' }],
  ])('is refused %s', async (_, name, value, binding) => {
    const { vault } = await setUp()

    await expect(vault.set(name as string, value as string, options(binding as SecretBinding))).rejects.toThrow(TypeError)
    expect(await vault.list()).toEqual([])
  })

  it.each([[[]], ['com.acme.test'], [[1]], [[{ id: 'x' }]], [undefined]])('is refused extensions %j', async (extensions) => {
    const { vault } = await setUp()

    await expect(vault.set('token', SECRET, { ...options(), extensions: extensions as never })).rejects.toThrow(TypeError)
  })
})

function longestCommon(one: string, other: string): number {
  let longest = 0
  for (let at = 0; at < other.length; at++) while (at + longest < other.length && one.includes(other.slice(at, at + longest + 1))) longest++
  return longest
}
