/** What a real box puts on record, in the browser's own database. */
import type { AuditRow, Glovebox } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { openRaw, settle, writeRaw } from './cache-harness.ts'
import { answering, codeOf, openBox, pkg, uniqueName } from './box-harness.ts'

const { origin } = inject('server')

const CODE = `
  export const note = async (key) => { await glovebox.storage.set(key, 'value'); return glovebox.storage.get(key) }
  export const fetchText = async (url, init) => { try { return await (await fetch(url, init)).text() } catch (error) { return error.code } }
  export const spin = () => { for (;;); }
`
const permissions = [
  { name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to test' },
  { name: 'storage:write', scope: { prefixes: ['notes/'] }, reason: 'to test' },
  { name: 'http:read', scope: { origins: [origin], redirects: false }, reason: 'to test' },
]

async function rowsOf(box: Glovebox, ...kinds: AuditRow['kind'][]): Promise<readonly AuditRow[]> {
  const { rows } = await box.audit.query({ limit: 1000, ...(kinds.length > 0 && { kind: kinds }) })
  return [...rows].reverse()
}

describe('the audit log', () => {
  test('has a row for every capability call, with the scope in the manifest\'s words', async () => {
    const box = await openBox({ store: 'indexeddb' })
    const extension = await box.install(pkg(CODE, { permissions }))

    expect(await extension.call('note', ['notes/secret-name'])).toBe('value')

    const { id, digest } = extension
    const common = { extension: id, origin: 'local', digest, kind: 'capability', outcome: 'ok', count: 1 }
    const rows = await rowsOf(box, 'capability')
    expect(rows).toMatchObject([
      { ...common, method: 'storage.set', uses: [{ permission: 'storage:write', scope: 'notes/*' }] },
      { ...common, method: 'storage.get', uses: [{ permission: 'storage:read', scope: 'notes/*' }] },
    ])
    expect(rows.every(({ duration, bytesIn, bytesOut }) => duration >= 0 && bytesIn > 0 && bytesOut > 0)).toBe(true)
    expect(await box.audit.verify()).toMatchObject({ ok: true })
  })

  test('is there in the next page, and its chain goes on', async () => {
    const name = uniqueName()
    const first = await openBox({ store: 'indexeddb', name })
    await (await first.install(pkg(CODE, { permissions }))).call('note', ['notes/a'])
    const head = await first.audit.head()
    first.dispose()

    const second = await openBox({ store: 'indexeddb', name })
    await second.get('com.example.test').call('note', ['notes/b'])

    expect((await rowsOf(second, 'capability')).map(({ method }) => method)).toEqual(['storage.set', 'storage.get', 'storage.set', 'storage.get'])
    expect(await second.audit.verify({ head })).toMatchObject({ ok: true, first: 0 })
  })

  test('has what was recorded just before the box was disposed', async () => {
    const name = uniqueName()
    const first = await openBox({ store: 'indexeddb', name })
    await (await first.install(pkg(CODE, { permissions }))).call('note', ['notes/a'])
    first.dispose()

    const second = await openBox({ store: 'indexeddb', name })
    await expect.poll(async () => (await rowsOf(second, 'capability')).length).toBe(2)
  })

  test('tells install, start, update, limit, kill and uninstall', async () => {
    const box = await openBox({ store: 'indexeddb' })
    const extension = await box.install(pkg(CODE, { permissions }))
    expect(await codeOf(extension.call('spin', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')
    await box.install(pkg(`${CODE} // newer`, { permissions }))
    await box.uninstall('com.example.test')

    expect((await rowsOf(box, 'install', 'start', 'limit', 'kill', 'update', 'uninstall')).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'install ok', 'start ok', 'kill crashed', 'limit deadline-exceeded', 'update ok', 'uninstall ok',
    ])
  })

  test('tells grants, denials and revocations, each before anybody hears of it', async () => {
    const answers = ['always', 'deny', 'session', 'once']
    const box = await openBox({ store: 'indexeddb', prompt: async ({ permissions: asked }) => asked.map(() => (answers.shift() ?? 'deny') as 'deny') })
    const [read, write, http] = permissions
    const extension = await box.install(pkg(CODE, { permissions: [read], optionalPermissions: [write, http] }))
    const names = async (): Promise<readonly string[]> =>
      (await rowsOf(box, 'grant', 'denial', 'revocation')).map(({ kind, uses, outcome }) => `${kind} ${uses.map(({ permission }) => permission).join()} ${outcome}`)

    expect(await codeOf(extension.call('note', ['notes/a']))).toBe('thrown')
    const asked = ['grant storage:read always', 'denial storage:write decided', 'denial storage:write permission-denied']
    expect(await names()).toEqual(asked)
    await extension.permissions.request('storage:write')
    expect(await names()).toEqual([...asked, 'grant storage:write session'])
    await extension.permissions.revoke('storage:write')
    expect(await codeOf(extension.call('note', ['notes/a']))).toBe('thrown')
    await extension.call('fetchText', [`${origin}/echo`])

    expect((await names()).slice(asked.length)).toEqual([
      'grant storage:write session', 'revocation storage:write decided', 'denial storage:write permission-revoked', 'grant http:read once',
    ])
    expect((await rowsOf(box, 'capability')).map(({ outcome }) => outcome)).toEqual(['permission-denied', 'permission-revoked', 'ok'])
    expect((await rowsOf(box, 'grant'))[0]).toMatchObject({ extension: 'com.example.test', digest: extension.digest, uses: [{ scope: '{"prefixes":["notes/"]}' }] })
  })

  test('tells an installation that was refused, and what was denied', async () => {
    const box = await openBox({ store: 'indexeddb', prompt: answering('deny').prompt })
    expect(await codeOf(box.install(pkg(CODE, { permissions })))).toBe('permission-denied')

    expect((await rowsOf(box)).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(['denial decided', 'denial decided', 'denial decided', 'install permission-denied'])
  })

  test('tells the bytes of bodies when they have ended', async () => {
    const box = await openBox({ store: 'indexeddb' })
    const extension = await box.install(pkg(CODE, { permissions }))

    await extension.call('fetchText', [`${origin}/echo?token=secret`])

    await expect.poll(() => rowsOf(box, 'stream')).toMatchObject([{ method: 'http.fetch', uses: [{ permission: 'http:read', scope: `GET ${origin}` }] }])
    expect((await rowsOf(box, 'stream'))[0]?.bytesOut).toBeGreaterThan(10)
  })

  test('is one chain for two boxes that write at the same time', async () => {
    const name = uniqueName()
    const [first, second] = await Promise.all([openBox({ store: 'indexeddb', name }), openBox({ store: 'indexeddb', name })])
    const one = await first.install(pkg(CODE, { permissions }))
    const other = await second.install(pkg(CODE, { id: 'com.example.other', permissions }))

    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : other).call('note', [`notes/${i}`])))
    await Promise.all([first.audit.head(), second.audit.head()])

    const rows = await rowsOf(first, 'capability')
    expect(rows.filter(({ extension }) => extension === one.id)).toHaveLength(20)
    expect(rows.filter(({ extension }) => extension === other.id)).toHaveLength(20)
    expect(await second.audit.verify()).toMatchObject({ ok: true })
  })

  test('tells what another program has changed in the database', async () => {
    const name = uniqueName()
    const box = await openBox({ store: 'indexeddb', name })
    await (await box.install(pkg(CODE, { permissions }))).call('note', ['notes/a'])
    expect(await box.audit.verify()).toMatchObject({ ok: true })

    const connection = await openRaw(name)
    const key = ['block', '0000000000000000']
    const found = await settle<{ text: string; previous: string; mac: string }>(connection.transaction('audit').objectStore('audit').get(key))
    await writeRaw(connection, 'audit', key, { ...found, text: found.text.replace('"ok"', '"no"').replace('"session"', '"always"') })
    connection.close()

    expect(await box.audit.verify()).toEqual({ ok: false, problem: 'changed', seq: 0 })
  })

  test('comes out as NDJSON', async () => {
    const box = await openBox({ store: 'indexeddb', prompt: answering('session').prompt })
    await (await box.install(pkg(CODE, { permissions }))).call('note', ['notes/a'])

    const text = await new Response(box.audit.export({ kind: 'capability' })).text()

    expect(text.trimEnd().split('\n').map((line) => (JSON.parse(line) as AuditRow).method)).toEqual(['storage.set', 'storage.get'])
  })
})
