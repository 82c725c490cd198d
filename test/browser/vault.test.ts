/** Secrets of real guests in real boxes: a script and a component keep their own, and send the app's without seeing them. */
import type { Extension, Glovebox, SecretOptions } from 'glovebox'
import { beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { AUTHORITY, describeSecrets, hits, SECRET, secretOptions, vaultComponent, vaultPermissions } from '../conformance/secrets.ts'
import { logsOf, openBox, pkg, uniqueName, until, type TestPackage } from './box-harness.ts'

const { origin, otherOrigin } = inject('server')

const CODE = `
  const told = (run) => run().catch((error) => Promise.reject(Object.assign(new Error(error.message), { code: error.code })))
  export const keep = (name, value) => told(() => glovebox.vault.set(name, value))
  export const recall = (name) => told(() => glovebox.vault.get(name))
  export const drop = (name) => told(() => glovebox.vault.delete(name))
  export const names = () => told(() => glovebox.vault.list())
  export const ask = (authority, path, secret) => told(async () => {
    const request = new Request('http://' + authority + path, { headers: { 'X-Glovebox-Secret': secret } })
    const text = await (await fetch(request)).text()
    console.info(text)
    return text
  })
  export const fetchWith = (url, init) => told(async () => {
    const response = await fetch(url, init)
    return { status: response.status, headers: [...response.headers], text: await response.text() }
  })
  export const say = (text) => { console.log(text) }
`

const script = (manifest: Record<string, unknown> = {}): TestPackage => pkg(CODE, { permissions: vaultPermissions(), ...manifest })

beforeEach(() => fetch(`${origin}/reset`, { method: 'POST' }))

describeSecrets('a script', script)
describe.skipIf(typeof Reflect.get(WebAssembly, 'Suspending') !== 'function')('with JSPI', () => describeSecrets('a component', vaultComponent))

async function open(): Promise<{ readonly box: Glovebox, readonly extension: Extension }> {
  const box = await openBox()
  const extension = await box.install(script())
  await box.vault.set('token', SECRET, secretOptions({ path: '/' }))
  return { box, extension }
}

describe('a request with a secret', () => {
  test('is an error where the server redirects, whatever the grant', async () => {
    const { extension } = await open()
    const headers = { 'x-glovebox-secret': 'token' }
    const url = `${origin}/redirect?to=${encodeURIComponent(`${otherOrigin}/echo`)}`

    expect(await codeOfGuest(extension.call('fetchWith', [url, { headers, redirect: 'follow' }]))).toBe('network-failed')
    expect((await hits()).map(({ path }) => path)).toEqual(['/redirect'])
  })

  test('has the header from the binding alone', async () => {
    const { box, extension } = await open()
    await box.vault.set('token', SECRET, secretOptions({ header: 'x-request-id' }))
    const headers = { 'x-glovebox-secret': 'token', 'X-Request-Id': 'mine' }

    expect(await codeOfGuest(extension.call('fetchWith', [`${origin}/echo`, { headers }]))).toBe('invalid-argument')
    expect(await hits()).toEqual([])
  })

  test('carries bodies, in which nothing is expanded', async () => {
    const { extension } = await open()
    const init = { method: 'POST', headers: { 'x-glovebox-secret': 'token' }, body: '{} {token} ${token} x-glovebox-secret: token' }
    const { text } = (await extension.call('fetchWith', [`${origin}/echo`, init])) as { text: string }

    expect((JSON.parse(text) as { body: string }).body).toBe(init.body)
  })

  test('ends when the grant is revoked', async () => {
    const { extension } = await open()
    const asking = codeOfGuest(extension.call('fetchWith', [`${origin}/slow?ms=5000`, { headers: { 'x-glovebox-secret': 'token' } }]))
    await extension.permissions.revoke('vault:use')

    expect(await asking).toBe('permission-revoked')
    expect(await codeOfGuest(extension.call('fetchWith', [`${origin}/echo`, { headers: { 'x-glovebox-secret': 'token' } }]))).toBe('permission-revoked')
  })

  test('leaves nothing of the secret in errors, events, reports, inspections and the audit log', async () => {
    const { box, extension } = await open()
    const lines = logsOf(box)
    const init = { headers: { 'x-glovebox-secret': 'token' } }
    for (const path of ['/echo', '/status?code=500', '/redirect', '/bytes?n=10']) {
      await extension.call('fetchWith', [`${origin}${path}`, init]).catch(() => undefined)
    }
    const failed: unknown = await extension.call('fetchWith', [`${otherOrigin}/echo`, init]).catch((error: unknown) => error)
    await extension.call('say', [SECRET, encodeURIComponent(SECRET)])
    const { rows } = await box.audit.query({ limit: 1000 })
    const told = JSON.stringify([lines, box.report(), await extension.inspect(), rows, String(failed), await box.vault.list()])

    expect(rows.flatMap(({ uses }) => uses)).toContainEqual({ permission: 'vault:use', scope: 'token' })
    expect(told).not.toContain('0123456789')
  })
})

describe('a vault that another tab changes', () => {
  /** Two boxes on one database, the extension running in the first. */
  async function open(): Promise<{ readonly extension: Extension, readonly other: Glovebox }> {
    const name = uniqueName()
    const box = await openBox({ name, store: 'indexeddb' })
    const extension = await box.install(script())
    await box.vault.set('token', SECRET, secretOptions())
    await extension.call('ask', [AUTHORITY, '/echo', 'token'])
    return { extension, other: await openBox({ name, store: 'indexeddb' }) }
  }
  const use = (extension: Extension): Promise<unknown> => codeOfGuest(extension.call('fetchWith', [`${origin}/echo`, { headers: { 'x-glovebox-secret': 'token' } }]))
  const echoOf = async (extension: Extension, text: string): Promise<string> =>
    ((await extension.call('fetchWith', [`${origin}/echo?${text}`])) as { text: string }).text

  test.each<[string, (other: Glovebox) => Promise<unknown>]>([
    ['it was deleted', (other) => other.vault.delete('token')],
    ['it was bound to another path', (other) => other.vault.set('token', SECRET, secretOptions({ path: '/other' }))],
    ['it was bound to another origin', (other) => other.vault.set('token', SECRET, secretOptions({ origin: otherOrigin }))],
    ['it was bound to other methods', (other) => other.vault.set('token', SECRET, secretOptions({ methods: ['DELETE'] }))],
    ['it was given to another extension', (other) => other.vault.set('token', SECRET, secretOptions({}, ['com.example.other']))],
  ])('sends a secret no more once %s', async (_, change) => {
    const { extension, other } = await open()
    await change(other)
    await fetch(`${origin}/reset`, { method: 'POST' })

    expect(await use(extension)).toBe('secret-unavailable')
    expect(await hits()).toEqual([])
  })

  test.each([true, false])('has its new secrets scrubbed here within a second; with a channel between tabs: %s', async (hasChannel) => {
    if (!hasChannel) vi.stubGlobal('BroadcastChannel', undefined)
    const { extension, other } = await open().finally(() => vi.unstubAllGlobals())
    const fresh = 'sk-live-of-another-tab'
    expect(await echoOf(extension, fresh)).toContain(fresh)
    await other.vault.set('token', fresh, secretOptions())

    await until(async () => !(await echoOf(extension, fresh)).includes(fresh), 'the new secret is scrubbed', 1000)
    expect(await echoOf(extension, 'sk-live-"0123456789')).toContain('0123456789') // in part it is none
    expect(await echoOf(extension, encodeURIComponent(SECRET))).not.toContain('0123456789') // the old one was used here
  })
})

test('an answer of a server that no secret goes to is no oracle: guesses come back as they were sent', async () => {
  const { box, extension } = await open()
  await box.vault.set('mine', 'sk-live-plain-secret', secretOptions())
  await extension.call('ask', [AUTHORITY, '/echo', 'token'])
  const guess = `${otherOrigin}/echo?sk-live-plain-secret`
  const { text } = (await extension.call('fetchWith', [guess])) as { text: string }

  expect(JSON.parse(text)).toMatchObject({ query: '?sk-live-plain-secret' })
  const bound = (await extension.call('fetchWith', [`${origin}/echo?sk-live-plain-secret`])) as { text: string }
  expect(JSON.parse(bound.text)).toMatchObject({ query: '?********************' })
})

describe('the vault of a box', () => {
  test('is kept for the next page, with what an extension keeps of its own', async () => {
    const name = uniqueName()
    const first = await openBox({ name, store: 'indexeddb' })
    const extension = await first.install(script())
    await first.vault.set('token', SECRET, secretOptions())
    await extension.call('keep', ['mine', 'my own value'])
    await first.vault.bind(extension, 'mine', secretOptions({ header: 'x-api-key', form: '{}' }).binding)
    first.dispose()
    const second = await openBox({ name, store: 'indexeddb' })
    const again = await second.install(script())
    await again.call('ask', [AUTHORITY, '/echo', 'token, mine'])

    expect((await hits())[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-api-key': 'my own value' })
    expect((await second.vault.list()).map(({ name: listed, owner }) => [listed, owner])).toEqual([['mine', 'extension'], ['token', 'app']])
  })

  test("loses an extension's own with the extension, and keeps the app's", async () => {
    const box = await openBox()
    const extension = await box.install(script())
    await extension.call('keep', ['mine', 'my own value'])
    await box.vault.bind(extension, 'mine', secretOptions().binding)
    await box.vault.set('token', SECRET, secretOptions())
    await box.uninstall(extension.id)
    const again = await box.install(script())

    expect(await again.call('names')).toEqual([])
    expect((await box.vault.list()).map(({ name }) => name)).toEqual(['token'])
  })

  test('refuses a secret that no header can carry', async () => {
    const box = await openBox()

    await expect(box.vault.set('token', 'abcdefgh\r\nx: y', secretOptions())).rejects.toThrow(TypeError)
    expect(await box.vault.list()).toEqual([])
  })
})

async function codeOfGuest(call: Promise<unknown>): Promise<unknown> {
  return call.then(() => 'resolved', (error: { guestCode?: unknown }) => error.guestCode ?? error)
}
