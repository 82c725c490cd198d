/** How long a grant holds, for whom, and that nothing of it outlives an uninstall in whatever tab. Two boxes of one name are two tabs of one database. */
import type { Decision, Extension, Glovebox, GloveboxOptions, PromptRequest } from 'glovebox'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { answering, codeOf, openBox, pkg, uniqueName, until } from './box-harness.ts'

const ID = 'com.example.test'
const CODE = `
  export const get = async (key) => glovebox.storage.get(key)
  export const wait = () => new Promise(() => {})`
const NOTES = [{ name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to test' }]
const LAZY = pkg(CODE, { optionalPermissions: NOTES })

type Asking = NonNullable<GloveboxOptions['prompt']>

afterEach(() => void vi.unstubAllGlobals())

function use(extension: Extension): Promise<unknown> {
  return extension.call('get', ['notes/1']).then(() => 'done', (error) => error.guestCode ?? error.code)
}

function guestCodeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then((value) => `value: ${String(value)}`, (error) => error.guestCode ?? error.code)
}

function openTab(name: string, options: Partial<GloveboxOptions> = {}): Promise<Glovebox> {
  return openBox({ store: 'indexeddb', name, ...options })
}

/** Gives the URL of the manifest. */
async function serve(name: string, files: Record<string, string>): Promise<string> {
  const response = await fetch(`${inject('server').origin}/register/${name}`, { method: 'POST', body: JSON.stringify({ files }) })
  return `${((await response.json()) as { readonly url: string }).url}glovebox.json`
}

/** A prompt that the test answers, when it likes. */
function asking(): { readonly prompt: (request: PromptRequest) => Promise<Decision[]>; readonly requests: PromptRequest[]; answer: (decision: Decision) => void } {
  const requests: PromptRequest[] = []
  const waiting: ((decision: Decision) => void)[] = []
  const prompt = (request: PromptRequest): Promise<Decision[]> => new Promise((resolve) => {
    requests.push(request)
    waiting.push((decision) => resolve(request.permissions.map(() => decision)))
  })
  return { prompt, requests, answer: (decision) => waiting.shift()?.(decision) }
}

describe('what is decided', () => {
  const soon = (): Decision => ({ decision: 'until', until: new Date(Date.now() + 3_600_000) })

  test.each<[string, () => Decision, readonly string[]]>([
    ['once holds for one use', () => 'once', ['asked', 'asked', 'asked', 'asked']],
    ['for the session holds in its page alone, until a reload', () => 'session', ['asked', 'known', 'asked', 'asked']],
    ['until a date holds in all pages, after a reload too', soon, ['asked', 'known', 'known', 'known']],
    ['for good holds in all pages, after a reload too', () => 'always', ['asked', 'known', 'known', 'known']],
  ])('%s', async (_, decision, expected) => {
    const name = uniqueName()
    const { prompt, requests } = answering(decision())
    const useIn = async (box: Glovebox): Promise<string> => {
      const before = requests.length
      expect(await use(box.get(ID))).toBe('done')
      return requests.length === before ? 'known' : 'asked'
    }
    const here = await openTab(name, { prompt })
    await here.install(LAZY)
    const outcomes = [await useIn(here), await useIn(here)]
    const other = await openTab(name, { prompt })
    outcomes.push(await useIn(other))
    for (const box of [here, other]) box.dispose()
    outcomes.push(await useIn(await openTab(name, { prompt })))

    expect(outcomes).toEqual(expected)
  })

  test('until a date ends by itself then, and the app hears of it', async () => {
    const box = await openBox({ prompt: async () => [{ decision: 'until', until: new Date(Date.now() + 300) }] })
    const extension = await box.install(LAZY)
    const states: string[] = []
    extension.addEventListener('permission', ({ detail }) => states.push(detail.state))
    await extension.permissions.request('storage:read')
    await until(() => states.length > 1, 'the end of the grant')

    expect(states).toEqual(['granted', 'prompt'])
  })

  test('for the session outlives a stop of the extension, not other code of it', async () => {
    const { prompt, requests } = answering('session')
    const box = await openBox({ prompt })
    const extension = await box.install(LAZY)
    await use(extension)
    await extension.stop()
    expect([await use(extension), requests.length]).toEqual(['done', 1])
    const next = await box.install(pkg(`${CODE}\n// 2`, { optionalPermissions: NOTES }))

    expect([await use(next), requests.length]).toEqual(['done', 2])
  })

  test('is asked one question at a time, of all extensions of the box', async () => {
    const { prompt, requests, answer } = asking()
    const box = await openBox({ prompt })
    const all = await Promise.all(['a', 'b', 'c'].map((id) => box.install({ ...LAZY, manifest: { ...LAZY.manifest, id: `com.example.${id}` } })))
    const uses = all.map(use)
    for (const shown of [1, 2, 3]) {
      await until(() => requests.length === shown, `question ${shown}`)
      await all[0]?.inspect()
      expect(requests.length).toBe(shown)
      answer(requests.at(-1)?.extension.id === 'com.example.b' ? 'deny' : 'session')
    }

    expect(await Promise.all(uses)).toEqual(['done', 'permission-denied', 'done'])
  })
})

describe('an uninstall in another tab', () => {
  async function twoTabs(prompt: Asking): Promise<{ name: string; here: Glovebox; there: Glovebox; extension: Extension }> {
    const name = uniqueName()
    const here = await openTab(name)
    await here.install(LAZY)
    const there = await openTab(name, { prompt })
    return { name, here, there, extension: there.get(ID) }
  }

  test('ends the extension here within a second, with what runs and what waits', async () => {
    const { prompt, requests } = asking()
    const { here, there, extension } = await twoTabs(prompt)
    const states: string[] = []
    there.addEventListener('state', ({ detail }) => states.push(`${detail.extension} ${detail.state}`))
    const running = [codeOf(extension.call('wait')), codeOf(extension.call('get', ['notes/1']))]
    await until(() => requests.length === 1, 'the question')
    const before = performance.now()
    await here.uninstall(ID)
    await until(() => extension.state === 'uninstalled', 'the end', 1_000)

    expect(performance.now() - before).toBeLessThan(1_000)
    expect(await Promise.all(running)).toEqual(['disposed', 'disposed'])
    expect(await codeOf(extension.call('wait'))).toBe('disposed')
    expect(states.at(-1)).toBe(`${ID} uninstalled`)
    expect([there.list(), () => there.get(ID)]).toEqual([[], expect.any(Function)])
    expect(() => there.get(ID)).toThrow(expect.objectContaining({ code: 'not-installed' }))
    expect(await use(await there.install(pkg(CODE)))).toBe('permission-denied')
  })

  test.each([true, false])('lets no answer that is given here afterwards reach who is installed next; told by a channel: %s', async (isTold) => {
    const { prompt, requests, answer } = asking()
    if (!isTold) vi.stubGlobal('BroadcastChannel', undefined)
    const { name, here, there, extension } = await twoTabs(prompt)
    const asked = use(extension)
    await until(() => requests.length === 1, 'the question')
    await here.uninstall(ID)
    answer('always')
    expect(await asked).toMatch(/^(disposed|not-installed)$/)
    await until(() => extension.state === 'uninstalled', 'the end')
    for (const box of [here, there]) box.dispose()
    const next = answering('deny')

    const again = await openTab(name, { prompt: next.prompt })
    expect([await use(await again.install(LAZY)), next.requests.length]).toEqual(['permission-denied', 1])
  })

  test('is noticed at a use where nobody tells', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    const { here, extension } = await twoTabs(answering('always').prompt)
    await use(extension)
    await here.uninstall(ID)

    await until(async () => (await use(extension)) === 'disposed', 'the end', 2_000)
    expect(extension.state).toBe('uninstalled')
  })

  test('and a new installation leave what runs here without the storage of either', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    const keeping = pkg(`
      export const get = async (key) => glovebox.storage.get(key)
      export const set = async (key, value) => void (await glovebox.storage.set(key, value))`, {
      permissions: [...NOTES, { name: 'storage:write', scope: { prefixes: ['notes/'] }, reason: 'to test' }],
    })
    const name = uniqueName()
    const { prompt } = answering('always')
    const [here, there] = [await openTab(name, { prompt }), await openTab(name, { prompt })]
    await here.install(keeping)
    const late = await there.install(keeping)
    await late.call('set', ['notes/1', 'first'])
    await here.uninstall(ID)
    const next = await here.install(keeping)
    await next.call('set', ['notes/1', 'next'])

    const refused = [await guestCodeOf(late.call('get', ['notes/1'])), await guestCodeOf(late.call('set', ['notes/1', 'late']))]
    for (const code of refused) expect(code).toMatch(/^(store-failed|disposed|not-installed|permission-revoked)$/)
    expect(await next.call('get', ['notes/1'])).toBe('next')
  })

  test('lets nothing be narrowed or revoked into the next installation', async () => {
    const { here, extension } = await twoTabs(answering('always').prompt)
    await use(extension)
    const { narrow, revoke } = extension.permissions
    await here.uninstall(ID)
    const late = [codeOf(narrow('storage:read', { prefixes: ['notes/1'] })), codeOf(revoke('storage:read'))]
    for (const code of await Promise.all(late)) expect(code).toMatch(/^(disposed|not-installed)$/)

    expect((await here.install(LAZY)).permissions.query()).toMatchObject([{ state: 'prompt' }])
  })

  test('ends an update that is being asked about here, and nothing is installed', async () => {
    const { prompt, requests, answer } = asking()
    const { here, there } = await twoTabs(prompt)
    const updating = codeOf(there.install(pkg(`${CODE}\n// 2`, { permissions: NOTES })))
    await until(() => requests.length === 1, 'the question')
    await here.uninstall(ID)
    answer('always')

    expect(await updating).toMatch(/^(disposed|not-installed)$/)
    expect([there.list(), await codeOf(there.uninstall(ID))]).toEqual([[], 'not-installed'])
  })
})

describe('a grant of a subject', () => {
  const ids = ['user-17', 'user-18', undefined]
  const openFor = (name: string, id: string | undefined, prompt: Asking): Promise<Glovebox> =>
    openTab(name, { prompt, ...(id !== undefined && { subject: { id } }) })

  test('is its own: others of the same browser are asked themselves, and take nothing back', async () => {
    const name = uniqueName()
    await (await openTab(name)).install(LAZY)
    const questions: number[] = []
    for (const id of ids) {
      const { prompt, requests } = answering('always')
      const box = await openFor(name, id, prompt)
      expect([await use(box.get(ID)), box.grants().map(({ subject }) => subject)]).toEqual(['done', [id ?? null]])
      questions.push(requests.length)
    }
    expect(questions).toEqual([1, 1, 1])
    const first = await openFor(name, ids[0], answering('deny').prompt)
    await first.get(ID).permissions.revoke('storage:read')
    const states: string[] = []
    for (const id of ids) states.push(await use((await openFor(name, id, answering('deny').prompt)).get(ID)) as string)

    expect(states).toEqual(['permission-revoked', 'done', 'done'])
  })

  test('goes on where another installs new code that asks for no more', async () => {
    const name = uniqueName()
    const at = (code: string): Promise<string> => serve(name, { 'glovebox.json': JSON.stringify(LAZY.manifest), 'main.js': code })
    const url = await at(CODE)
    const first = await openFor(name, ids[0], answering('deny').prompt)
    await first.install(url)
    await use((await openFor(name, ids[1], answering('always').prompt)).get(ID))
    await at(`${CODE}\n// 2`)
    await first.install(url)
    const { prompt, requests } = answering('deny')
    const [other, denied] = [await openFor(name, ids[1], prompt), await openFor(name, ids[0], answering('deny').prompt)]

    expect([await use(other.get(ID)), await use(denied.get(ID)), requests.length]).toEqual(['done', 'permission-denied', 0])
  })

  test('names who decided in the audit log, and goes with an uninstall of whomever', async () => {
    const name = uniqueName()
    const first = await openFor(name, ids[0], answering('always').prompt)
    await use(await first.install(LAZY))
    const second = await openFor(name, ids[1], answering('deny').prompt)
    await use(second.get(ID))
    const { rows } = await second.audit.query({ kind: ['grant', 'denial'] })
    expect(rows.filter(({ facts }) => facts?.['by'] === 'user').map(({ kind, facts }) => [kind, facts?.['subject']])).toEqual([['denial', 'user-18'], ['grant', 'user-17']])
    await second.uninstall(ID)
    const { prompt, requests } = answering('always')

    await use(await (await openFor(name, ids[0], prompt)).install(LAZY))
    expect(requests).toHaveLength(1)
  })

  test.each(['', 'a\nb', 'a\0', '\ud800', 'x'.repeat(257), 7, null])('is of a name that can stand in a key: not %j', async (id) => {
    await expect(openBox({ subject: { id } as never })).rejects.toThrow(/subject/)
  })
})
