/** Permissions by real guests: the matrix of capabilities, policies, observing, gestures, and what new code inherits. */
import type { Decision, Glovebox, PromptRequest, ReportDetail } from 'glovebox'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { ROWS } from '../conformance/permission-rows.ts'
import { describePermissions } from '../conformance/permissions.ts'
import { answering, codeOf, failure, openBox, pkg, uniqueName } from './box-harness.ts'
import { pass, pretendActive } from './user-part.ts'

const { origin } = inject('server')
const STORAGE = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: ['a', 'b'] }, reason: '' }))
const USE = `
  export const get = async (key) => glovebox.storage.get(key)
  export const ask = (name) => glovebox.permissions.request(name)
  export const askLater = async (name, ms) => { await new Promise((done) => setTimeout(done, ms)); return glovebox.permissions.request(name) }
  export const visit = async (url) => (await fetch(url)).status`

describePermissions(ROWS)

async function register(name: string, files: Record<string, string>): Promise<string> {
  await fetch(`${origin}/register/${name}`, { method: 'POST', body: JSON.stringify({ files }) })
  return `${origin}/files/${name}/glovebox.json`
}

describe('new code from the same URL', () => {
  async function publish(name: string, code: string, permissions: readonly unknown[]): Promise<string> {
    return register(name, { 'glovebox.json': JSON.stringify(pkg(code, { permissions }).manifest), 'main.js': code })
  }

  test('is asked for what it adds only, and old code has its own back', async () => {
    const name = uniqueName()
    const { prompt, requests } = answering('always')
    const asked = (): string[] => requests.splice(0).flatMap(({ permissions }) => permissions.map((permission) => permission.name))
    const box = await openBox({ prompt, name, store: 'indexeddb' })
    const [READ, WRITE] = STORAGE
    await box.install(await publish(name, USE, [READ]))
    expect(asked()).toEqual(['storage:read'])
    await box.install(await publish(name, `${USE}\n// 2`, [READ]))
    expect(asked()).toEqual([])
    await box.install(await publish(name, `${USE}\n// 3`, [WRITE]))
    expect(asked()).toEqual(['storage:write'])
    const back = await box.install(await publish(name, `${USE}\n// 2`, [READ]))

    expect(asked()).toEqual([])
    expect(await back.call('get', ['a'])).toBe(undefined)
    expect(box.grants()).toMatchObject([{ extension: 'com.example.test', name: 'storage:read', by: 'user', digest: back.digest }])
  })
})

describe('a policy', () => {
  test('that is misspelt opens no box', async () => {
    const error = await failure(openBox({ policy: { rules: [{ effect: 'forbid', permission: 'all' }] } as never }))

    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(/^policy\.rules\[0\]/)
  })

  test('forbids, pre-grants and caps before anybody is asked, and the report shows it', async () => {
    const { prompt, requests } = answering('always')
    const policy = {
      rules: [
        { effect: 'forbid', permissions: ['storage:write'] },
        { effect: 'grant', permissions: [{ name: 'storage:read', scope: { prefixes: ['a'] } }], origins: ['local'] },
      ],
      limits: { callMs: 1_000 },
    } as const
    const box = await openBox({ prompt, policy })

    expect(await codeOf(box.install(pkg(USE, { permissions: STORAGE })))).toBe('permission-denied')
    const extension = await box.install(pkg(USE, { permissions: [{ ...STORAGE[0], scope: { prefixes: ['a'] } }], limits: { callMs: 5_000 } }))
    expect(await extension.call('get', ['a'])).toBe(undefined)
    expect(extension.limits.callMs).toBe(1_000)
    expect(requests).toEqual([])
    expect(box.report().permissions).toEqual({ mode: 'enforce', policy, reportOnly: null })
  })

  test('that is only tried denies nothing and reports what it would', async () => {
    const box = await openBox({ reportOnly: { rules: [{ effect: 'cap', permissions: [{ name: 'storage:read', scope: { prefixes: ['a'] } }] }] } })
    const extension = await box.install(pkg(USE, { permissions: STORAGE }))
    const heard: ReportDetail[] = []
    box.addEventListener('report', ({ detail }) => heard.push(detail))
    for (const key of ['a1', 'b1', 'b2']) await extension.call('get', [key])

    expect(heard).toEqual([{ extension: extension.id, name: 'storage:read', use: 'b*' }])
    expect(box.reported(extension.id)).toMatchObject([{ name: 'storage:read', use: 'b*', count: 2 }])
    expect(box.report().permissions).toMatchObject({ mode: 'enforce', policy: null, reportOnly: { rules: [{ effect: 'cap' }] } })
  })

  test('that is only tried reports what would not install, and the box has it all the same', async () => {
    const box = await openBox({ reportOnly: { rules: [{ effect: 'forbid', permissions: ['storage:write'] }] } })
    const heard: ReportDetail[] = []
    box.addEventListener('report', ({ detail }) => heard.push(detail))
    const extension = await box.install(pkg(USE, { permissions: STORAGE }))

    expect(heard).toEqual([{ extension: extension.id, name: 'storage:write', use: 'install' }])
    expect(box.reported(extension.id)).toMatchObject([{ name: 'storage:write', use: 'install', count: 1 }])
  })
})

describe('observe mode', () => {
  test('allows what the manifest does not list, and tells the permissions that suffice', async () => {
    const { prompt, requests } = answering('deny')
    const box = await openBox({ permissions: 'observe', prompt })
    const extension = await box.install(pkg(USE))
    await extension.call('get', ['notes/1'])
    await extension.call('visit', [`${origin}/echo`])
    const permissions = box.observed(extension.id)

    expect(permissions).toEqual([
      { name: 'http:read', scope: { origins: [origin], redirects: false, paths: ['/echo'], methods: ['GET'] }, reason: '' },
      { name: 'storage:read', scope: { prefixes: ['notes/1'] }, reason: '' },
    ])
    expect(requests).toEqual([])
    const enforcing = await (await openBox()).install(pkg(USE, { permissions }))
    expect(await enforcing.call('get', ['notes/1'])).toBe(undefined)
    expect(await enforcing.call('visit', [`${origin}/echo`])).toBe(200)
  })

  test('is for development alone, and never beside a policy', async () => {
    await expect(openBox({ permissions: 'observe', trust: { kind: 'digests', allow: [] } })).rejects.toThrow(TypeError)
    await expect(openBox({ permissions: 'observe', policy: {} })).rejects.toThrow(TypeError)
    await expect(openBox().then((box) => box.observed('x'))).rejects.toThrow(TypeError)
  })
})

afterEach(() => vi.restoreAllMocks())

describe('asking of its own accord', () => {
  interface Asker {
    readonly ask: (call: string, name?: string) => Promise<unknown>
    readonly requests: PromptRequest[]
    readonly host: () => Promise<unknown>
  }

  async function installAsker(box?: Glovebox, id = 'com.example.test'): Promise<Asker> {
    const { prompt, requests } = answering('session' satisfies Decision)
    const extension = await (box ?? (await openBox({ prompt }))).install(pkg(USE, { id, optionalPermissions: STORAGE }))
    await extension.start()
    const ask = (call: string, name = 'storage:read'): Promise<unknown> => extension.call(call, [name, 100]).catch((error) => error.guestCode)
    return { ask, requests, host: () => extension.permissions.request('storage:read') }
  }

  test('engines tell whether the user is active', () => {
    expect(typeof navigator.userActivation?.isActive).toBe('boolean')
  })

  test('is refused without a gesture; the app needs none', async () => {
    const { ask, requests, host } = await installAsker()
    pretendActive(false)

    expect([await ask('ask'), requests.length]).toEqual(['permission-denied', 0])
    expect(await host()).toMatchObject([{ state: 'granted' }])
    expect(await ask('ask')).toBe('granted')
  })

  test('is possible while the user is active, and in a call that the app makes then', async () => {
    for (const call of ['ask', 'askLater']) {
      const { ask, requests } = await installAsker()
      pretendActive(true)
      const answer = ask(call)
      if (call === 'askLater') pretendActive(false)

      expect([await answer, requests.length], call).toEqual(['granted', 1])
      pretendActive(false)
    }
  })

  test('opens one dialog for each click, of one extension', async () => {
    const { prompt, requests } = answering('session')
    const box = await openBox({ prompt })
    const [one, other] = [await installAsker(box), await installAsker(box, 'com.example.other')]
    pretendActive(true)
    const answers = [await one.ask('ask'), await one.ask('ask', 'storage:write'), await other.ask('ask')]
    expect([answers, requests.length]).toEqual([['granted', 'permission-denied', 'permission-denied'], 1])
    pretendActive(false)
    await other.ask('get')
    pass(500)
    pretendActive(true)

    expect([await other.ask('ask'), requests.length]).toEqual(['granted', 2])
  })

  test('is too late some seconds after the gesture, though the call that it began goes on', async () => {
    const now = performance.now.bind(performance)
    const { ask, requests } = await installAsker()
    pretendActive(true)
    const answer = ask('askLater')
    pretendActive(false)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 5_001)

    expect([await answer, requests.length]).toEqual(['permission-denied', 0])
  })

  test('is not possible after another question, however the click began it', async () => {
    const { prompt, requests } = answering('session')
    const extension = await (await openBox({ prompt })).install(pkg(`${USE}
      export const both = async () => { await glovebox.storage.get('a'); return glovebox.permissions.request('storage:write') }`, { optionalPermissions: STORAGE }))
    await extension.start()
    pretendActive(true)

    expect([await extension.call('both').catch((error) => error.guestCode), requests.length]).toEqual(['permission-denied', 1])
  })

  test('asks for several permissions in one question', async () => {
    const { prompt, requests } = answering('session')
    const extension = await (await openBox({ prompt })).install(pkg(`
      export const both = () => glovebox.permissions.request(['storage:write', 'storage:read'])`, { optionalPermissions: STORAGE }))
    await extension.start()
    pretendActive(true)

    expect(await extension.call('both')).toEqual(['granted', 'granted'])
    expect(requests.map(({ permissions }) => permissions.map(({ name }) => name))).toEqual([['storage:write', 'storage:read']])
  })
})
