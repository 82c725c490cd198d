/** What a grant is beyond yes and no: until when, how far, for which code, and by whom. */
import { describe, expect, it } from 'vitest'
import type { Permission, Scope } from '../../../src/manifest/permission.ts'
import { runAt } from '../../../src/permission/expiry.ts'
import { DIGEST_1, DIGEST_2, FakeChannels, FakeClock, MemoryGrants, NOTE, READ, STORE, USE, codeOf, openTab, settle, subjectOf } from './harness.ts'

const A = 'https://api.example.com'
const B = 'https://b.test'
const WIDE: Permission = { ...READ, scope: { origins: [A, B], redirects: false } } as Permission
const useOf = (origin: string) => ({ kind: 'http', origin, method: 'GET', path: '/' }) as const
const until = (clock: FakeClock, ms: number) => [{ decision: 'until', until: new Date(clock.ms + ms) }]

describe('a grant until a date', () => {
  it('ends what runs under it when its time is over, and asks again', async () => {
    const { broker, dialogs, clock, changes } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = until(clock, 5_000)
    const authorization = await permissions.authorize('http:read', USE)
    clock.pass(4_999)
    expect([authorization.signal.aborted, permissions.query()[0]?.state]).toEqual([false, 'granted'])
    clock.pass(1)

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked', details: { expired: true } })
    expect(authorization.covers(USE)).toBe(false)
    expect(permissions.query()[0]?.state).toBe('prompt')
    expect(changes).toEqual(['http:read granted', 'http:read prompt'])
    dialogs.automatic = ['deny']
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-denied')
    expect(dialogs.shown).toHaveLength(2)
  })

  it('is over when the clock says so, though the timer is late', async () => {
    const { broker, dialogs, clock } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = until(clock, 5_000)
    const authorization = await permissions.authorize('http:read', USE)
    clock.ms += 5_000

    expect(authorization.covers(USE)).toBe(false)
    expect(permissions.query()[0]?.state).toBe('prompt')
  })

  it('holds after a reload and in other tabs, and ends there too', async () => {
    const channels = new FakeChannels()
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const here = openTab({ store, clock, channel: channels.open() })
    const there = openTab({ store, clock, channel: channels.open() })
    const others = await there.broker.open(subjectOf())
    here.dialogs.automatic = until(clock, 5_000)
    await (await here.broker.open(subjectOf())).request('http:read')
    await settle()
    const authorization = await others.authorize('http:read', USE)
    const reloaded = await openTab({ store, clock }).broker.open(subjectOf())
    expect(reloaded.grants()).toMatchObject([{ duration: 'until', expiresAt: clock.ms + 5_000, by: 'user' }])
    clock.pass(5_000)

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect([others.query()[0]?.state, reloaded.query()[0]?.state]).toEqual(['prompt', 'prompt'])
    expect((await openTab({ store, clock }).broker.open(subjectOf())).query()[0]?.state).toBe('prompt')
  })

  it('leaves no timer behind when its extension ends', async () => {
    const { broker, dialogs, clock } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = until(clock, 5_000)
    await permissions.authorize('http:read', USE)
    expect(clock.pending).toBe(1)
    broker.close(permissions)

    expect(clock.pending).toBe(0)
  })

  it('may lie further away than a timer reaches', () => {
    const clock = new FakeClock()
    let runs = 0
    runAt(clock, clock.ms + 2 ** 32, () => runs++)
    for (let part = 0; part < 3; part++) {
      expect(runs).toBe(0)
      clock.pass(2 ** 31 - 1)
    }

    expect([runs, clock.pending]).toEqual([1, 0])
  })
})

describe('a grant of less than was asked', () => {
  it('allows that much, and asks nobody about the rest', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf({ optional: [WIDE] }))
    dialogs.automatic = [{ decision: 'always', scope: { origins: [A], redirects: false } }]
    const authorization = await permissions.authorize('http:read', useOf(A))

    expect([authorization.covers(useOf(A)), authorization.covers(useOf(B))]).toEqual([true, false])
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('permission-denied')
    expect(dialogs.shown).toHaveLength(1)
    expect(permissions.grants()).toMatchObject([{ name: 'http:read', scope: { origins: [A] }, duration: 'always', by: 'user', digest: DIGEST_1 }])
  })

  it('that leaves out the very use is a denial of it', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf({ optional: [WIDE] }))
    dialogs.automatic = [{ decision: 'once', scope: { origins: [B], redirects: false } }]

    expect(await codeOf(permissions.authorize('http:read', useOf(A)))).toBe('permission-denied')
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('resolved')
  })

  it.each(['session', 'always'] as const)('is what narrowing a grant for %s makes of it: what runs ends, here and in what follows', async (decision) => {
    const store = new MemoryGrants()
    const { broker, dialogs } = openTab({ store })
    const permissions = await broker.open(subjectOf({ optional: [WIDE] }))
    dialogs.automatic = [decision]
    const authorization = await permissions.authorize('http:read', useOf(B))
    await permissions.narrow('http:read', { origins: [A], redirects: false })

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('permission-denied')
    expect(await codeOf(permissions.authorize('http:read', useOf(A)))).toBe('resolved')
    expect(permissions.grants()).toMatchObject([{ scope: { origins: [A] }, duration: decision, by: 'host' }])
    const reloaded = await openTab({ store }).broker.open(subjectOf({ optional: [WIDE] }))
    expect(reloaded.grants().map(({ scope }) => scope)).toEqual(decision === 'always' ? [{ origins: [A], redirects: false }] : [])
  })

  it('in one tab is all there is in the others, at once', async () => {
    const channels = new FakeChannels()
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const here = openTab({ store, clock, channel: channels.open() })
    const there = openTab({ store, clock, channel: channels.open() })
    here.dialogs.automatic = ['always']
    const permissions = await here.broker.open(subjectOf({ optional: [WIDE] }))
    await permissions.request('http:read')
    const others = await there.broker.open(subjectOf({ optional: [WIDE] }))
    const authorization = await others.authorize('http:read', useOf(B))
    clock.pass(1)
    await permissions.narrow('http:read', { origins: [A], redirects: false })
    await settle()

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect(await codeOf(others.authorize('http:read', useOf(B)))).toBe('permission-denied')
    expect(there.dialogs.shown).toEqual([])
  })

  it.each([
    [READ, { ...READ.scope, origins: [] }],
    [STORE, { prefixes: [] }],
    [{ name: 'serial:open', scope: { filters: [{ vendorId: 2 }] }, reason: '' }, { filters: [] }],
    [{ name: 'serial:open', scope: {}, reason: '' }, { filters: [] }],
  ] as readonly (readonly [Permission, Scope])[])('is something: %j is not narrowed to %j', async (permission, nothing) => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subjectOf({ optional: [permission] }))
    await permissions.request(permission.name)

    await expect(permissions.narrow(permission.name, nothing)).rejects.toThrow(/covers something; revoke\(\)/)
    expect(permissions.grants().map(({ scope }) => scope)).toEqual([permission.scope])
  })

  it('is never made wider by narrowing, nor of nothing', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    await expect(permissions.narrow('http:read', READ.scope)).rejects.toMatchObject({ code: 'permission-denied' })
    dialogs.automatic = ['always']
    await permissions.request('http:read')

    for (const scope of [WIDE.scope, { ...READ.scope, redirects: true }, { prefixes: [''] }, { ...READ.scope, path: ['/'] }, null])
      await expect(permissions.narrow('http:read', scope as never)).rejects.toThrow(RangeError)
    await permissions.revoke('http:read')
    await expect(permissions.narrow('http:read', READ.scope)).rejects.toMatchObject({ code: 'permission-denied' })
  })
})

describe('other code under the same identity', () => {
  const v1 = (changes = {}) => subjectOf({ required: [READ], optional: [STORE], ...changes })
  const v2 = (changes = {}) => v1({ digest: DIGEST_2, ...changes })

  async function granted(clock?: FakeClock): Promise<MemoryGrants> {
    const tab = openTab(clock ? { clock } : {})
    tab.dialogs.automatic = ['always']
    const permissions = await tab.broker.admit(v1())
    await permissions.authorize('storage:read', NOTE)
    return tab.store
  }

  it('that asks for no more keeps what was granted, from this page to the next', async () => {
    const store = await granted()
    const { broker, dialogs } = openTab({ store })
    const permissions = await broker.admit(v2(), { replaces: DIGEST_1 })

    expect(dialogs.shown).toEqual([])
    expect(permissions.query().map(({ state }) => state)).toEqual(['granted', 'granted'])
    const reloaded = await openTab({ store }).broker.open(v2())
    expect(reloaded.grants()).toMatchObject([{ name: 'http:read', digest: DIGEST_2 }, { name: 'storage:read', digest: DIGEST_2 }])
  })

  it('that widens a permission asks for it again, and for nothing else', async () => {
    const store = await granted()
    const { broker, dialogs } = openTab({ store })
    dialogs.automatic = ['deny']

    expect(await codeOf(broker.admit(v2({ required: [WIDE] }), { replaces: DIGEST_1 }))).toBe('permission-denied')
    expect(dialogs.shown.map(({ request }) => request.permissions.map(({ name }) => name))).toEqual([['http:read']])
    expect((await openTab({ store }).broker.open(v1())).grants()).toHaveLength(2)
  })

  it('that narrows a permission has the narrower one', async () => {
    const store = await granted()
    const { broker } = openTab({ store })
    const narrow = { ...STORE, scope: { prefixes: ['notes/2'] } } as Permission
    const permissions = await broker.admit(v2({ optional: [narrow] }), { replaces: DIGEST_1 })

    expect(permissions.grants()[1]).toMatchObject({ name: 'storage:read', scope: { prefixes: ['notes/2'] } })
  })

  it('that drops a permission loses it, also for the code after it', async () => {
    const store = await granted()
    const { broker } = openTab({ store })
    await broker.admit(v2({ optional: [] }), { replaces: DIGEST_1 })
    const third = await broker.admit(v1({ digest: DIGEST_1.replace('1', '3'), required: [READ] }) as never, { replaces: DIGEST_2 })

    expect(third.query().map(({ name, state }) => [name, state])).toEqual([['http:read', 'granted'], ['storage:read', 'prompt']])
  })

  it('gives back to the old code what was its own when it is rolled back', async () => {
    const store = await granted()
    const { broker } = openTab({ store })
    broker.close(await broker.admit(v2({ optional: [] }), { replaces: DIGEST_1 }))
    const back = await broker.admit(v1(), { replaces: DIGEST_2 })

    expect(back.query().map(({ state }) => state)).toEqual(['granted', 'granted'])
  })

  it('gives nothing back that was revoked meanwhile', async () => {
    const store = await granted()
    const { broker, dialogs } = openTab({ store })
    dialogs.automatic = ['deny']
    const next = await broker.admit(v2(), { replaces: DIGEST_1 })
    await next.revoke('storage:read')
    broker.close(next)

    expect((await broker.admit(v1(), { replaces: DIGEST_2 })).query().map(({ state }) => state)).toEqual(['granted', 'prompt'])
  })

  it('keeps a grant of less than was asked as it is', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = [{ decision: 'always', scope: { origins: [A], redirects: false } }]
    await broker.admit(v1({ required: [WIDE], optional: [] }))
    const next = await broker.admit(v2({ required: [WIDE], optional: [] }), { replaces: DIGEST_1 })

    expect(dialogs.shown).toHaveLength(1)
    expect(next.grants()).toMatchObject([{ scope: { origins: [A] } }])
  })

  it('keeps a date, and nothing whose date is over', async () => {
    const clock = new FakeClock()
    const tab = openTab({ clock })
    tab.dialogs.automatic = until(clock, 1_000)
    await tab.broker.admit(v1({ optional: [] }))
    expect((await tab.broker.admit(v2({ optional: [] }), { replaces: DIGEST_1 })).grants()).toMatchObject([{ expiresAt: clock.ms + 1_000 }])
    clock.pass(1_000)

    tab.dialogs.automatic = ['deny']
    expect(await codeOf(tab.broker.admit(v2({ digest: DIGEST_1.replace('1', '3'), optional: [] }), { replaces: DIGEST_2 }))).toBe('permission-denied')
  })

  it.each([
    ['from bytes without a URL', { identity: { id: 'com.acme.weather', origin: 'local' } }, {}],
    ['where the policy says so', {}, { policy: { rules: [], newCode: 'ask' } as const }],
  ])('is asked about everything again %s', async (_, changes, options) => {
    const { broker, dialogs } = openTab(options)
    dialogs.automatic = ['always']
    await broker.admit(v1({ optional: [], ...changes }))
    dialogs.automatic = ['deny']

    expect(await codeOf(broker.admit(v2({ optional: [], ...changes }), { replaces: DIGEST_1 }))).toBe('permission-denied')
  })
})

describe('asking of its own accord', () => {
  it('takes a gesture of the user, from a guest alone', async () => {
    let isActive = false
    const { broker, dialogs } = openTab({ hasGesture: () => isActive })
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['session']

    expect(await codeOf(permissions.request('http:read', { by: 'guest' }))).toBe('permission-denied')
    expect(dialogs.shown).toEqual([])
    isActive = true
    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'granted' }])
    isActive = false
    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'granted' }])
    expect(await permissions.request('storage:read')).toMatchObject([{ state: 'granted' }])
  })

  it('does not queue behind another question, whoever asks that, unless it is the same', async () => {
    const { broker, dialogs } = openTab()
    const [one, other] = [await broker.open(subjectOf()), await broker.open(subjectOf({ identity: { id: 'com.acme.other', origin: 'local' } }))]
    const using = codeOf(one.authorize('http:read', USE))
    await settle()
    const same = codeOf(one.request('http:read', { by: 'guest' }))
    expect(await codeOf(one.request('storage:read', { by: 'guest' }))).toBe('permission-denied')
    expect(await codeOf(other.request('http:read', { by: 'guest' }))).toBe('permission-denied')
    dialogs.last.answer(['session'])

    expect([await using, await same, dialogs.shown.length]).toEqual(['resolved', 'resolved', 1])
  })

  it('is possible three times a minute, whatever for', async () => {
    const { broker, dialogs, clock } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['once']
    for (let asked = 0; asked < 5; asked++) await permissions.request(asked % 2 ? 'http:read' : 'storage:read', { by: 'guest' })
    expect(dialogs.shown).toHaveLength(3)
    await permissions.request('http:read')
    expect(dialogs.shown).toHaveLength(4)
    clock.pass(60_000)
    await permissions.request('http:read', { by: 'guest' })

    expect(dialogs.shown).toHaveLength(5)
  })
})

describe('races', () => {
  it('show a hundred prompts of a hundred extensions one after the other, each answered for its own', async () => {
    const { broker, dialogs } = openTab()
    const ids = Array.from({ length: 100 }, (_, index) => `com.acme.n${index}`)
    const all = await Promise.all(ids.map((id) => broker.open(subjectOf({ identity: { id, origin: 'local' } }))))
    const codes = Promise.all(all.map((permissions) => codeOf(permissions.authorize('http:read', USE))))
    for (const index of ids.keys()) {
      await settle()
      expect([dialogs.shown.length, dialogs.openNow]).toEqual([index + 1, 1])
      dialogs.last.answer([Number(dialogs.last.request.extension.id.slice(10)) % 2 ? 'deny' : 'session'])
    }

    expect(await codes).toEqual(ids.map((_, index) => (index % 2 ? 'permission-denied' : 'resolved')))
    expect(all.map((permissions) => permissions.query()[0]?.state)).toEqual(ids.map((_, index) => (index % 2 ? 'denied' : 'granted')))
  })

  it('share one prompt among a hundred equal questions', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const codes = Promise.all(Array.from({ length: 100 }, () => codeOf(permissions.authorize('http:read', USE))))
    await settle()
    dialogs.last.answer(['session'])

    expect(new Set(await codes)).toEqual(new Set(['resolved']))
    expect(dialogs.shown).toHaveLength(1)
  })

  it('fail a thousand uses in flight with one revocation, and those that wait for the answer too', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['always']
    const flying = await Promise.all(Array.from({ length: 1_000 }, () => permissions.authorize('http:read', USE)))
    const [late] = [codeOf(permissions.authorize('http:read', USE)), permissions.revoke('http:read')]

    expect(flying.filter(({ signal }) => signal.reason?.code === 'permission-revoked')).toHaveLength(1_000)
    expect(await late).toBe('permission-revoked')
  })
})
