/** What a real box puts on record, in the browser's own database. */
import type { AuditRow, Glovebox } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { openRaw, settle, writeRaw } from './cache-harness.ts'
import { answering, codeOf, openBox, pkg, uniqueName, until } from './box-harness.ts'
import { endPretence, pretendPlatform } from './pretend-platform.ts'

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

  test('tells grants, denials and revocations, in their order', async () => {
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

  test('tells a denial where nothing was looked up, too: the names of others, exports that nobody provides, what the manifest does not have', async () => {
    const box = await openBox({ store: 'indexeddb' })
    await box.install(pkg('export const run = () => 1; export const hidden = () => 2', { id: 'com.example.callee', provides: [{ export: 'run' }] }))
    const extension = await box.install(pkg(`
      const code = (promise) => promise.then(() => 'ok', (error) => error.code)
      export const emit = (name) => code(glovebox.events.emit(name, 1))
      export const link = (name) => code(glovebox.extensions.call('callee', name, []))
      export const request = (name) => code(glovebox.permissions.request(name))`, {
      links: { callee: { extension: 'com.example.callee', version: '^1.0' } },
      permissions: [
        { name: 'extension:call', scope: { extensions: ['com.example.callee'] }, reason: '' }, { name: 'event:emit', scope: { events: ['com.example.test/own'] }, reason: '' },
      ],
    }))
    for (const name of ['host/theme', 'com.example.callee/done', 'com.example.test/other']) expect(await extension.call('emit', [name])).toBe('permission-denied')
    expect(await extension.call('link', ['hidden'])).toBe('permission-denied')
    expect(await extension.call('request', ['vault:read'])).toBe('permission-denied')

    const forged = { kind: 'denial', outcome: 'permission-denied', uses: [{ permission: 'event:emit', scope: '' }] }
    expect(await rowsOf(box, 'denial')).toMatchObject([
      forged, forged, forged, { ...forged, uses: [{ permission: 'extension:call', scope: 'com.example.callee' }] }, { ...forged, uses: [{ permission: 'vault:read', scope: '' }] },
    ])
    expect((await rowsOf(box, 'capability')).filter(({ uses }) => uses.length === 0)).toEqual([])
  })

  test('names the permission of what goes on under an earlier grant', async () => {
    const platform = pretendPlatform()
    try {
      const box = await openBox()
      const extension = await box.install(pkg(`
        export const nothing = () => 1
        export const pick = async () => { const [file] = await glovebox.files.pick(); await new Response(file.read()).text(); await file.close() }
        export const open = async () => {
          const port = await glovebox.serial.open({ baudRate: 9600 })
          await port.getSignals().catch(() => {})
          await port.setSignals({ break: true }).catch(() => {})
          await port.close()
        }`, { permissions: [
        { name: 'file:read', scope: { directories: [], picked: true }, reason: '' }, { name: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, reason: '' },
      ] }))
      for (const name of ['pick', 'open']) {
        await extension.call('nothing')
        platform.click()
        await extension.call('nothing')
        await extension.call(name)
      }

      const rows = await rowsOf(box, 'capability')
      const named = rows.map(({ method, uses }) => `${method} ${uses.map(({ permission, scope }) => `${permission} ${scope}`).join()}`)
      expect(new Set(named)).toEqual(new Set([
        'picked.open file:read file-picked', 'picked.read file:read file-picked', 'picked.close file:read file-picked',
        ...['open', 'closed', 'getSignals', 'setSignals', 'close'].map((name) => `serial.${name} serial:open device`),
      ]))
    } finally {
      endPretence()
    }
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

/** Nobody writes to that log until what this gives is called. */
async function holdLog(name: string): Promise<() => void> {
  return new Promise((resolve) => {
    void navigator.locks.request(`glovebox:${name}:audit`, () => new Promise<void>((release) => resolve(release)))
  })
}

/** As they lie in the database, without asking the box, which would write them first. */
async function onDisk(name: string): Promise<string> {
  const connection = await openRaw(name)
  const all = await settle<unknown[]>(connection.transaction('audit').objectStore('audit').getAll())
  connection.close()
  return JSON.stringify(all)
}

describe('before anybody hears of it', () => {
  const GUEST = `
    const code = (promise) => promise.then(() => 'ok', (error) => error.code)
    export const read = () => code(glovebox.storage.get('x'))
    export const write = () => code(glovebox.storage.set('x', 1))
    export const emit = () => code(glovebox.events.emit('com.example.test/x', 1).then(() => glovebox.events.emit('com.example.test/x', 1)))
    export const forged = () => code(glovebox.events.emit('host/x', 1))
    export const link = () => code(glovebox.extensions.call('callee', 'spin', []))
    export const spin = () => { for (;;); }
    export const ok = () => 1`
  const all = { prefixes: [''] }
  const manifest = {
    lifetime: 'session', limits: { eventsPerSecond: 1 }, links: { callee: { extension: 'com.example.callee', version: '^1.0' } },
    permissions: [
      { name: 'event:emit', scope: { events: ['com.example.test/x'] }, reason: '' }, { name: 'extension:call', scope: { extensions: ['com.example.callee'] }, reason: '' },
    ],
    optionalPermissions: [{ name: 'storage:write', scope: all, reason: '' }],
  }
  type Case = readonly [what: string, call: string, answer: string, written: string]

  test.each<Case>([
    ['a denial', 'read', 'permission-denied', '\\"kind\\":\\"denial\\"'], ['a denial that no grant could undo', 'forged', 'permission-denied', '\\"kind\\":\\"denial\\"'],
    ['a grant', 'write', 'ok', '\\"kind\\":\\"grant\\"'], ['a limit', 'emit', 'rate-limit', '\\"limit\\":\\"eventsPerSecond\\"'],
    ['a kill', 'spin', 'deadline-exceeded', '\\"kind\\":\\"kill\\"'], ['a kill of what another calls', 'link', 'callee-failed', '\\"kind\\":\\"kill\\"'],
  ])('%s is on the disk', async (_, name, answer, written) => {
    const database = uniqueName()
    let isHeld = false
    const heard: string[] = []
    const note = (what: string): void => void heard.push(`${what} ${isHeld ? 'early' : 'late'}`)
    const box = await openBox({ store: 'indexeddb', name: database })
    await box.install(pkg('export const spin = () => { for (;;); }', { id: 'com.example.callee', provides: [{ export: 'spin' }], limits: { callMs: 300 } }))
    const extension = await box.install(pkg(GUEST, manifest))
    await extension.call('ok')
    await box.audit.query({})
    const before = (await onDisk(database)).split(written).length
    box.addEventListener('limit', () => note('event'))
    const release = await holdLog(database)
    isHeld = true
    const call = extension.call(name, [], name === 'spin' ? { timeoutMs: 300 } : {}).catch((error: { readonly code: string }) => error.code)
    void call.then(() => note('answer'))
    const heldAt = performance.now()
    await until(() => performance.now() > heldAt + 1200, 'what nobody is to hear') // several times as long as it takes; the box waits for 5 s
    isHeld = false
    release()

    expect(await call).toBe(answer)
    expect((await onDisk(database)).split(written).length).toBeGreaterThan(before)
    expect(heard.filter((what) => what.endsWith('early'))).toEqual([])
  })
})
