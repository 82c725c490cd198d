/** Attack 23, in real boxes: a hundred questions at once, one extension that asks for everything, one that asks again and again. */
import type { Decision, PromptRequest } from 'glovebox'
import { afterEach, describe, expect, test } from 'vitest'
import { openBox, pkg } from '../browser/box-harness.ts'
import { endPretence, pretendPlatform } from '../browser/pretend-platform.ts'

const optional = (name: string, scope: unknown = {}): unknown => ({ name, scope, reason: 'to test' })
const READ = optional('storage:read', { prefixes: [''] })
const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code)
  export const get = () => told(() => glovebox.storage.get('k'))
  export const ask = (name) => told(() => glovebox.permissions.request(name))
`

describe('a hundred questions at once, of twenty-five extensions', () => {
  const ANSWERS = ['always', 'deny', 'session', 'nothing', 'once'] as const
  type Answer = (typeof ANSWERS)[number]
  /** How the permission stands afterwards. */
  const STATES = { always: 'granted', deny: 'denied', session: 'granted', nothing: 'prompt', once: 'prompt' } as const
  const NAMES = ['storage:read', 'storage:write', 'vault:read', 'vault:write'] as const
  const optionalPermissions = NAMES.map((name) => optional(name, name.startsWith('vault') ? { secrets: ['a'] } : { prefixes: [''] }))
  const answerFor = (index: number, name: string): Answer => ANSWERS[(index + NAMES.findIndex((known) => known === name)) % ANSWERS.length] ?? 'nothing'
  /** Of each kind of answer, one is for a use in a worker; for the others the app asks. */
  const isByGuest = (index: number, name: string): boolean => index < ANSWERS.length && name === 'storage:read'

  test('are put one after the other, and each gets its own answer', { timeout: 90_000 }, async () => {
    const asked: string[] = []
    const open = { now: 0, most: 0 }
    const prompt = async ({ extension, permissions }: PromptRequest): Promise<Decision[]> => {
      open.most = Math.max(open.most, ++open.now)
      await new Promise((resolve) => setTimeout(resolve))
      open.now--
      const [name = ''] = permissions.map((permission) => permission.name)
      asked.push(`${extension.id} ${name}`)
      const answer = answerFor(Number(extension.id.replace(/\D+/, '')), name)
      return answer === 'nothing' ? [] : [answer]
    }
    const box = await openBox({ prompt })
    const ids = Array.from({ length: 25 }, (_, index) => `com.example.asker${index}`)
    const extensions = await Promise.all(ids.map((id) => box.install(pkg(CODE, { id, optionalPermissions }))))
    const cases = extensions.flatMap((extension, index) => NAMES.map((name) => ({ extension, name, answer: answerFor(index, name), byGuest: isByGuest(index, name) })))

    const ends = await Promise.all(cases.map(async ({ extension, name, byGuest }) => {
      return byGuest ? extension.call('get') : (await extension.permissions.request(name))[0]?.state
    }))

    expect([open, [...asked].sort()]).toEqual([{ now: 0, most: 1 }, cases.map(({ extension, name }) => `${extension.id} ${name}`).sort()])
    for (const [index, { extension, name, answer, byGuest }] of cases.entries()) {
      const isRefused = answer === 'deny' || answer === 'nothing'
      const what = `${extension.id}, ${name}, answered with ${answer}`
      expect(ends[index], `the end for ${what}`).toBe(byGuest ? (isRefused ? 'permission-denied' : 'done') : STATES[answer])
      expect(extension.permissions.query().find((status) => status.name === name)?.state, `the state of ${what}`).toBe(STATES[answer])
    }
    const granted = cases.filter(({ answer }) => STATES[answer] === 'granted').map(({ extension, name }) => `${extension.id} ${name}`)
    expect(box.grants().map(({ extension, name }) => `${extension} ${name}`).sort()).toEqual(granted.sort())
  })
})

describe('one extension', () => {
  const NAMES = ['clipboard:read', 'clipboard:write', 'notification:show', 'serial:open', 'storage:read', 'storage:write', 'vault:read', 'vault:write', 'data:read', 'data:write'] as const
  const SCOPES: Readonly<Record<string, unknown>> = { storage: { prefixes: [''] }, vault: { secrets: ['a'] }, data: { collections: ['a'] } }
  const optionalPermissions = NAMES.map((name) => optional(name, SCOPES[name.replace(/:.*/, '')]))
  afterEach(endPretence)

  test('that asks for everything at once has eight questions in the queue at most, and others come after them', async () => {
    const open: { readonly name: string, readonly answer: () => void }[] = []
    const prompt = (request: PromptRequest): Promise<Decision[]> => new Promise((resolve) => {
      open.push({ name: request.permissions[0]?.name ?? '', answer: () => resolve(['session']) })
    })
    const box = await openBox({ prompt })
    const greedy = await box.install(pkg(CODE, { optionalPermissions }))
    const other = await box.install(pkg(CODE, { id: 'com.example.other', optionalPermissions: [READ] }))
    const settled: string[] = []
    const requests = NAMES.map((name) => greedy.permissions.request(name).then(([status]) => settled.push(`${name} ${status?.state}`)))
    const late = other.permissions.request('storage:read')

    await Promise.all(requests.slice(8))
    expect([settled, open.length]).toEqual([['data:read prompt', 'data:write prompt'], 1])
    for (let count = 1; count <= 9; count++) {
      await expect.poll(() => open.length).toBe(count)
      open[count - 1]?.answer()
    }
    await Promise.all(requests)

    expect(open.map(({ name }) => name)).toEqual([...NAMES.slice(0, 8), 'storage:read'])
    expect(settled.slice(2)).toEqual(NAMES.slice(0, 8).map((name) => `${name} granted`))
    expect(await late).toMatchObject([{ state: 'granted' }])
  })

  test('may ask of its own accord three times a minute, whatever for; what it uses is asked for all the same', async () => {
    const platform = pretendPlatform()
    const asked: string[] = []
    const prompt = async ({ permissions }: PromptRequest): Promise<Decision[]> => {
      asked.push(...permissions.map(({ name }) => name))
      return ['session']
    }
    const extension = await (await openBox({ prompt })).install(pkg(CODE, { optionalPermissions }))
    const answers: unknown[] = []
    for (const name of NAMES) {
      platform.click()
      await extension.call('nothing').catch(() => undefined) // the box looks: a click is new where there was none
      answers.push(await extension.call('ask', [name]))
    }

    expect([answers, asked]).toEqual([['granted', 'granted', 'granted', ...Array.from({ length: 7 }, () => 'prompt')], NAMES.slice(0, 3)])
    expect([await extension.call('get'), asked.at(-1)]).toEqual(['done', 'storage:read'])
  })
})
