import { describe, expect, it } from 'vitest'
import type { Permission } from '../../../src/manifest/permission.ts'
import { createPromptRequest } from '../../../src/permission/prompt.ts'
import { DIGEST_1, READ, STORE, USE, NOTE, codeOf, openTab, settle, subjectOf } from './harness.ts'

const other = (id: string): ReturnType<typeof subjectOf> => subjectOf({ identity: { id, origin: 'local' } })

describe('two prompts at once', () => {
  it('are shown one after the other', async () => {
    const { broker, dialogs, opened } = openTab()
    const [one, two] = [await broker.open(other('one.test')), await broker.open(other('two.test'))]
    const calls = [codeOf(one.authorize('http:read', USE)), codeOf(two.authorize('http:read', USE)), codeOf(one.authorize('storage:read', NOTE))]
    for (const shown of [1, 2, 3]) {
      await settle()
      expect([dialogs.shown.length, dialogs.openNow]).toEqual([shown, 1])
      dialogs.last.answer(['session'])
    }

    expect(await Promise.all(calls)).toEqual(['resolved', 'resolved', 'resolved'])
    expect(opened).toEqual(['open', 'open', 'close', 'close'])
  })

  it('are one when they ask the same, and each waiter may leave', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const controller = new AbortController()
    const leaving = permissions.authorize('http:read', USE, { signal: controller.signal })
    const staying = codeOf(permissions.authorize('http:read', USE))
    await settle()
    controller.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    expect(dialogs.last.signal.aborted).toBe(false)
    dialogs.last.answer(['session'])

    expect(await staying).toBe('resolved')
    expect(dialogs.shown).toHaveLength(1)
  })

  it('allow once to the first alone', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const calls = [1, 2, 3].map(() => codeOf(permissions.authorize('http:read', USE)))
    for (const answer of ['once', 'once', 'deny']) {
      await settle()
      dialogs.last.answer([answer])
    }

    expect(await Promise.all(calls)).toEqual(['resolved', 'resolved', 'permission-denied'])
    expect(dialogs.shown).toHaveLength(3)
  })

  it('allow once to all that one use asks for at the same time, and to no other use', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const [one, other] = [{}, {}]
    const calls = [one, other, one].map((use) => codeOf(permissions.authorize('http:read', USE, { use })))
    for (const answer of ['once', 'deny']) {
      await settle()
      dialogs.last.answer([answer])
    }

    expect(await Promise.all(calls)).toEqual(['resolved', 'permission-denied', 'resolved'])
    expect(dialogs.shown).toHaveLength(2)
  })

  it('for callers that the open one does not show are two, each with its own once', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const calls = [['a.test'], ['b.test'], ['a.test'], []].map((onBehalfOf) => codeOf(permissions.authorize('http:read', USE, { onBehalfOf })))
    const asked: unknown[] = []
    for (const answer of ['once', 'once', 'once', 'deny']) {
      await settle()
      asked.push(dialogs.last.request.onBehalfOf)
      dialogs.last.answer([answer])
    }

    expect(await Promise.all(calls)).toEqual(['resolved', 'resolved', 'resolved', 'permission-denied'])
    expect(asked).toEqual([['a.test'], ['b.test'], ['a.test'], []])
  })

  it('are no more than two however often the callers change: the one that waits shows them all', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const callers = Array.from({ length: 100 }, (_, index) => [`n${index}.test`, 'a.test'])
    const codes = Promise.all(callers.map((onBehalfOf) => codeOf(permissions.authorize('http:read', USE, { onBehalfOf }))))
    await settle()
    expect(dialogs.last.request.onBehalfOf).toEqual(['n0.test', 'a.test'])
    dialogs.last.answer(['once'])
    await settle()
    expect(dialogs.last.request.onBehalfOf).toHaveLength(65)
    expect([dialogs.last.request.onBehalfOf.slice(0, 3), dialogs.last.request.onBehalfOf.at(-1)]).toEqual([['n1.test', 'a.test', 'n2.test'], '\u2026'])
    dialogs.last.answer(['deny'])

    expect(await codes).toEqual(['resolved', ...callers.slice(1).map(() => 'permission-denied')])
    expect(dialogs.shown).toHaveLength(2)
  })

  it('spare the second when the first has settled it', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const using = codeOf(permissions.authorize('http:read', USE))
    const requesting = permissions.request(['http:read', 'storage:read'])
    await settle()
    dialogs.last.answer(['session'])
    await settle()
    dialogs.last.answer(['session'])

    expect(await using).toBe('resolved')
    expect(await requesting).toMatchObject([{ state: 'granted' }, { state: 'granted' }])
    expect(dialogs.last.request.permissions.map(({ name }) => name)).toEqual(['storage:read'])
  })
})

describe('a denial that is not remembered', () => {
  it.each([
    ['a throw', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.fail(new Error('broken dialog'))],
    ['too few decisions', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.answer([])],
    ['too many decisions', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.answer(['always', 'always'])],
    ['true', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.answer(true)],
    ['an object like a list', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.answer({ length: 1, 0: 'always' })],
    ['a boxed word', (tab: ReturnType<typeof openTab>) => tab.dialogs.last.answer([Object('always')])],
    ['two minutes of silence', (tab: ReturnType<typeof openTab>) => tab.clock.pass(120_000)],
  ])('%s', async (_, act) => {
    const tab = openTab()
    const permissions = await tab.broker.open(subjectOf())
    const using = codeOf(permissions.authorize('http:read', USE))
    await settle()
    act(tab)

    expect(await using).toBe('permission-denied')
    expect(permissions.query()[0]?.state).toBe('prompt')
    expect(tab.store.rows.size).toBe(0)
    expect(tab.dialogs.last.signal.aborted).toBe(true)
    expect(tab.clock.pending).toBe(0)
    expect(tab.opened).toEqual(['open', 'close'])
  })

  it('is what an answer after the silence changes nothing about', async () => {
    const { broker, dialogs, clock } = openTab()
    const permissions = await broker.open(subjectOf())
    const using = codeOf(permissions.authorize('http:read', USE))
    await settle()
    clock.pass(120_000)
    dialogs.last.answer(['always'])
    await settle()

    expect(await using).toBe('permission-denied')
    expect(permissions.query()[0]?.state).toBe('prompt')
  })
})

describe('a flood', () => {
  it('ends in denials without a dialog after three within ten minutes, for this permission and extension only', async () => {
    const { broker, dialogs, clock } = openTab()
    const [permissions, others] = [await broker.open(other('one.test')), await broker.open(other('two.test'))]
    dialogs.automatic = 'nonsense'
    for (let call = 0; call < 10; call++) expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-denied')
    expect(dialogs.shown).toHaveLength(3)

    dialogs.automatic = ['once']
    expect(await codeOf(permissions.authorize('storage:read', NOTE))).toBe('resolved')
    expect(await codeOf(others.authorize('http:read', USE))).toBe('resolved')
    clock.pass(600_000)
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('resolved')
  })

  it('does not keep the host from asking', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = 'nonsense'
    for (let call = 0; call < 3; call++) await codeOf(permissions.authorize('http:read', USE))
    dialogs.automatic = ['session']

    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'prompt' }])
    expect(await permissions.request('http:read')).toMatchObject([{ state: 'granted' }])
  })

  it('has at most eight questions of one extension waiting', async () => {
    const { broker, dialogs } = openTab()
    const codes: unknown[] = []
    const subjects = Array.from({ length: 10 }, (_, index) => ({ ...READ, reason: `reason ${index}` }) as Permission)
    for (const permission of subjects) {
      const permissions = await broker.open(subjectOf({ optional: [permission] }))
      void codeOf(permissions.authorize('http:read', USE)).then((code) => codes.push(code))
    }
    await settle()

    expect(codes).toEqual(['permission-denied', 'permission-denied'])
    expect(dialogs.shown).toHaveLength(1)
    broker.dispose()
  })
})

describe('what the dialog gets', () => {
  it('is a frozen copy with its texts cleaned and capped', () => {
    const subject = { id: 'a.test', origin: 'local', name: '\u202eknaB', digest: DIGEST_1, unsigned: true }
    const request = createPromptRequest(subject, [{ ...STORE, reason: `<b>${'x'.repeat(10_000)}` } as Permission], 'use')

    expect(request.extension.name).toBe('\\u202eknaB')
    expect(request.permissions[0]?.reason).toHaveLength(300)
    expect([request, request.extension, request.permissions, request.permissions[0], request.permissions[0]?.scope].every(Object.isFrozen)).toBe(true)
    expect(request.permissions[0]?.scope).not.toBe(STORE.scope)
  })
})
