/** Attacks 23 to 25: prompts, grants, consent text, storage keys. */
import { createGlovebox, type Decision, type PromptRequest } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { answering, codeOf, openBox, pkg, run, uniqueName, until } from '../browser/box-harness.ts'
import { keepBusy } from '../browser/busy-store.ts'

const { origin, otherOrigin } = inject('server')

const STORAGE = [
  { name: 'storage:read', scope: { prefixes: [''] }, reason: '' },
  { name: 'storage:write', scope: { prefixes: [''] }, reason: '' },
]
const USE = `
export const get = (key = 'k') => glovebox.storage.get(key)
export const set = (key, value) => glovebox.storage.set(key, value)
export const both = () => Promise.allSettled([glovebox.storage.get('a'), glovebox.storage.get('b')]).then((all) => all.map((one) => one.status))
export const flood = async (n) => { const all = []; for (let i = 0; i < n; i++) all.push(glovebox.storage.get('k' + i).catch((e) => e.code)); return Promise.all(all) }`

/** Prompts that wait until the test answers them. */
function waiting(): { readonly prompt: (request: PromptRequest, o: { signal: AbortSignal }) => Promise<Decision[]>; readonly open: { request: PromptRequest; signal: AbortSignal; answer(decision: Decision): void }[] } {
  const open: { request: PromptRequest; signal: AbortSignal; answer(decision: Decision): void }[] = []
  return {
    open,
    prompt: (request, { signal }) => new Promise((resolve) => {
      open.push({ request, signal, answer: (decision) => resolve(request.permissions.map(() => decision)) })
    }),
  }
}

describe('prompts', () => {
  test('of one extension at once share one dialog, of two wait for each other', async () => {
    const { prompt, open } = waiting()
    const box = await openBox({ prompt })
    const one = await box.install(pkg(USE, { optionalPermissions: STORAGE, id: 'com.example.one' }))
    const two = await box.install(pkg(USE, { optionalPermissions: STORAGE, id: 'com.example.two' }))
    await Promise.all([one.start(), two.start()])

    const calls = [one.call('both'), two.call('get')]
    await expect.poll(() => open.length, { timeout: 10_000 }).toBe(1)
    open[0]?.answer('session')
    await expect.poll(() => open.length, { timeout: 10_000 }).toBe(2)
    open[1]?.answer('session')

    expect(await calls[0]).toEqual(['fulfilled', 'fulfilled'])
    expect(await calls[1]).toBe(undefined)
    expect(open.map(({ request }) => request.extension.id).sort()).toEqual(['com.example.one', 'com.example.two'])
  })

  test('in a flood do not become a flood of dialogs', async () => {
    let asked = 0
    const box = await openBox({ prompt: async ({ permissions }) => { asked++; return permissions.map(() => 'deny' as const) } })
    const extension = await box.install(pkg(USE, { optionalPermissions: STORAGE }))

    const codes = (await extension.call('flood', [100])) as string[]
    await extension.call('flood', [100])

    expect(new Set(codes)).toEqual(new Set(['permission-denied']))
    expect(asked).toBeLessThanOrEqual(3)
  })

  test.each<[string, unknown]>([
    ['true', true], ['one decision too few', []], ['a word of its own', ['allow']], ['an object with length', { length: 1, 0: 'always' }], ['nothing', undefined],
    ['a scope beyond what was asked for', [{ decision: 'always', scope: { prefixes: [''], redirects: true } }]],
    ['a scope of another permission', [{ decision: 'always', scope: { origins: ['https://a.test'], redirects: false } }]],
    ['a date that is over', [{ decision: 'until', until: new Date(0) }]],
    ['a key too many', [{ decision: 'always', forever: true }]],
    ['a thenable for a decision', [{ then: (done: (decision: string) => void) => done('always') }]],
    ['a decision in a prototype', [Object.create({ decision: 'always' })]],
  ])('answered with %s are a denial', async (_, answer) => {
    const box = await openBox({ prompt: async () => answer as never })
    const extension = await box.install(pkg(USE, { optionalPermissions: STORAGE }))

    expect(await codeOf(extension.call('get').catch((error) => { throw Object.assign(error, { code: error.guestCode }) }))).toBe('permission-denied')
  })

  test('close when the extension is stopped, and what is answered later grants nothing', async () => {
    const { prompt, open } = waiting()
    const box = await openBox({ prompt })
    const extension = await box.install(pkg(USE, { optionalPermissions: STORAGE }))
    const call = codeOf(extension.call('get'))
    await expect.poll(() => open.length, { timeout: 10_000 }).toBe(1)

    await extension.stop()
    open[0]?.answer('always')

    expect(await call).toBe('disposed')
    expect(open[0]?.signal.aborted).toBe(true)
    expect(extension.permissions.query().find(({ name }) => name === 'storage:read')?.state).toBe('prompt')
  })

  test('for an update in flight grant nothing to the other code', async () => {
    const { prompt, open } = waiting()
    const box = await openBox({ prompt })
    const first = box.install(pkg(USE, { permissions: STORAGE })).catch((error: unknown) => error)
    await expect.poll(() => open.length, { timeout: 10_000 }).toBe(1)
    const second = codeOf(box.install(pkg(`${USE}\n// other code`, { permissions: STORAGE })))
    open[0]?.answer('always')
    await first
    await expect.poll(() => open.length, { timeout: 10_000 }).toBe(2)
    open[1]?.answer('deny')

    expect(await second).toBe('permission-denied')
    expect(box.list().length).toBe(1)
  })

  test('show the extension\'s words without direction tricks, and capped', async () => {
    const { prompt, requests } = answering('deny')
    const box = await openBox({ prompt })
    await codeOf(box.install(pkg(USE, { name: 'Pay\u202ePal\u200b', permissions: [{ name: 'storage:read', scope: { prefixes: [''] }, reason: `\u2066<b>ok</b>${'x'.repeat(400)}` }] })))

    const [request] = requests
    expect(request?.extension.name).not.toMatch(/[\u202e\u200b]/)
    expect(request?.permissions[0]?.reason).not.toMatch(/\u2066/)
    expect(request?.permissions[0]?.reason.length).toBeLessThanOrEqual(300)
  })

  test('with a reason of 10 KB do not come to pass', async () => {
    const box = await openBox()

    expect(await codeOf(box.install(pkg(USE, { permissions: [{ ...STORAGE[0], reason: 'x'.repeat(10_000) }] })))).toBe('manifest-invalid')
  })
})

describe('a revocation of what is under way', () => {
  test('fails a thousand requests in flight with permission-revoked, every one', async () => {
    await fetch(`${origin}/reset`, { method: 'POST' })
    const limits = { pendingCapabilityCalls: 2000, httpConcurrent: 1000, httpPerMinute: 5000 }
    const code = `export const many = (url, n) => Promise.all(Array.from({ length: n }, () => fetch(url).then(() => 'answer', (error) => error.code)))`
    const permissions = [{ name: 'http:read', scope: { origins: [origin], redirects: false }, reason: '' }]
    const extension = await run(code, { permissions, limits }, { limits })
    const codes = extension.call('many', [`${origin}/slow?ms=25000`, 1000]) as Promise<string[]>
    await until(async () => ((await (await fetch(`${otherOrigin}/hits?path=/slow`)).json()) as unknown[]).length > 0, 'the first request')
    await extension.permissions.revoke('http:read')

    const outcomes = await codes
    expect([outcomes.length, ...new Set(outcomes)]).toEqual([1000, 'permission-revoked'])
  })

  const KEPT = `
    const all = (n, one) => Promise.all(Array.from({ length: n }, (_, i) => one(i).then(() => 'ok', (error) => error.code)))
    export const seed = async (n) => {
      await all(n, (i) => glovebox.storage.set('old' + i, i))
      await glovebox.vault.set('mine', 'first-value')
    }
    export const read = (n) => all(n, (i) => glovebox.storage.get('old' + i))
    export const write = (n) => all(n, (i) => glovebox.storage.set('new' + i, i))
    export const remove = (n) => all(n, (i) => glovebox.storage.delete('old' + i))
    export const know = (n) => all(n, () => glovebox.vault.get('mine'))
    export const seal = (n) => all(n, (i) => glovebox.vault.set('mine', 'value-number-' + i))
    export const unseal = (n) => all(n, () => glovebox.vault.delete('mine'))
    export const found = async () => [
      (await glovebox.storage.list()).keys.filter((key) => key.startsWith('new')).length,
      (await glovebox.storage.list()).keys.filter((key) => key.startsWith('old')).length,
      await glovebox.vault.get('mine')]`
  const MANY = 1000
  const SEEDED = 20
  const limits = { pendingCapabilityCalls: 2000, capabilityCallsPerMinute: 10_000, callMs: 120_000 }
  const permissions = [
    ...STORAGE, ...['vault:read', 'vault:write'].map((name) => ({ name, scope: { secrets: ['mine'] }, reason: '' })),
  ]

  test.each([
    ['storage:read', 'read', 100, 'values', 'all'], ['storage:write', 'write', MANY, 'values', 'all'], ['storage:write', 'remove', 100, 'values', 'all'],
    ['vault:read', 'know', 100, 'vault', 'all'], ['vault:write', 'seal', 100, 'vault', 'writes'], ['vault:write', 'unseal', 100, 'vault', 'all'],
  ] as const)('of %s ends every call that waits (%s, %d of them), before the store has time for it', async (permission, name, count, table, what) => {
    const extension = await run(KEPT, { permissions, limits }, { store: 'indexeddb', limits })
    await extension.call('seed', [SEEDED])
    const before = await extension.call('found')
    const busy = keepBusy(table, what)
    const codes = extension.call(name, [count]) as Promise<string[]>
    await until(() => busy.count > 0, 'the first call to wait', 20_000)

    const revoking = extension.permissions.revoke(permission)
    const outcomes = await codes

    expect([outcomes.length, ...new Set(outcomes)]).toEqual([count, 'permission-revoked'])
    busy.release()
    await revoking
    await extension.permissions.request(permission)
    expect(await extension.call('found'), 'nothing was written').toEqual(before)
  })

  test('lets no write follow it, and what says that it was done was done', async () => {
    const extension = await run(KEPT, { permissions, limits }, { store: 'indexeddb', limits })
    const codes = extension.call('write', [MANY]) as Promise<string[]>
    const used = async (): Promise<number> => (await extension.usage()).storageBytes?.used ?? 0
    await until(async () => (await used()) > 0, 'the first write', 20_000)

    await extension.permissions.revoke('storage:write')
    const atRevocation = await used()
    const outcomes = await codes

    expect(await used()).toBe(atRevocation)
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'permission-revoked']))
    const written = outcomes.filter((code) => code === 'ok').length
    expect(((await extension.call('found')) as [number])[0]).toBe(written)
  })
})

describe('storage', () => {
  test('keys of two extensions never meet, whatever they are', async () => {
    const box = await openBox({ store: 'indexeddb' })
    const one = await box.install(pkg(USE, { id: 'com.example.a', permissions: STORAGE }))
    const two = await box.install(pkg(USE, { id: 'com.example.a.b', permissions: STORAGE }))

    for (const key of ['b/c', 'c', '__proto__', 'constructor', 'local\nk', '\ud800', '\uffff', 'a\0b']) {
      await one.call('set', [key, `one ${key.length}`])
      expect(await two.call('get', [key]), JSON.stringify(key)).toBe(undefined)
      expect(await one.call('get', [key])).toBe(`one ${key.length}`)
    }
    expect(Reflect.get({}, 'polluted')).toBe(undefined)
  })

  test('a key as large as a message is an error, not a breach', async () => {
    const extension = await run(`${USE}\nexport const huge = () => glovebox.storage.get('x'.repeat(1e6)).catch((error) => error.code)`, { permissions: STORAGE })

    expect(await extension.call('huge')).toBe('message-too-large')
    expect(await extension.call('get')).toBe(undefined)
  })

  test('a quota holds against many small keys', async () => {
    const box = await openBox({ limits: { storageBytes: 10_000 } })
    const extension = await box.install(pkg(`${USE}
      export const fill = async () => { let n = 0; try { for (;;) await glovebox.storage.set('k' + n++, '') } catch (error) { return [n, error.code] } }`, { permissions: STORAGE }))

    const [n, code] = (await extension.call('fill')) as [number, string]

    expect(code).toBe('quota-exceeded')
    expect(n).toBeLessThan(200)
  })

  test('two tabs that write at once lose nothing under compare-and-swap', async () => {
    const name = uniqueName()
    const code = `export const add = async () => {
      for (;;) {
        const found = await glovebox.storage.get('n', { version: true })
        try { return await glovebox.storage.set('n', (found?.value ?? 0) + 1, { ifVersion: found?.version ?? 0 }) } catch (error) { if (error.code !== 'version-conflict') throw error }
      }
    }
    export const read = () => glovebox.storage.get('n')`
    const first = await openBox({ name, store: 'indexeddb', prompt: answering('always').prompt })
    const one = await first.install(pkg(code, { permissions: STORAGE }))
    const second = await createGlovebox({ name, trust: { kind: 'development' } })
    const two = second.get('com.example.test')

    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two).call('add')))

    expect(await one.call('read')).toBe(20)
    second.dispose()
  })
})

test("an extension cannot tell what the app has for others from what it does not have", async () => {
  const box = await openBox()
  await box.provide({ capability: 'notes', wit: 'acme:app/notes', methods: { list: { needs: 'read', run: () => [] }, wipe: { needs: 'admin', run: () => [] } } })
  await box.provide({ capability: 'payroll', methods: { list: { run: () => [] } } })
  const code = 'export const probe = (name) => glovebox.host.call(name).catch(({ name, code, message }) => ({ name, code, message }))'
  const some = await box.install(pkg(code, { permissions: [{ name: 'host:call', scope: { capabilities: ['notes.read'] }, reason: '' }] }))
  const none = await box.install(pkg(code, { id: 'com.example.none' }))
  const told = async (extension: typeof some, name: string): Promise<unknown> => JSON.parse(JSON.stringify(await extension.call('probe', [name])).replaceAll(name, '?'))

  for (const extension of [some, none]) {
    const refusal = await told(extension, 'nothing.list')
    expect(refusal).toMatchObject({ code: 'permission-denied' })
    for (const name of ['payroll.list', 'notes.wipe', 'notes.nothing', 'acme:app/notes#wipe', 'acme:app/other#wipe']) expect(await told(extension, name)).toEqual(refusal)
  }
})
