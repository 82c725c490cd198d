import { describe, expect, it } from 'vitest'
import type { ScopeUse } from '../../../src/manifest/authorization.ts'
import type { Permission, PermissionName } from '../../../src/manifest/permission.ts'
import type { HostPolicy, PolicyRule } from '../../../src/manifest/policy.ts'
import { applyPolicy } from '../../../src/permission/policy.ts'
import { PolicyTrial } from '../../../src/permission/trial.ts'
import { NOTE, READ, STORE, USE, codeOf, openTab, subjectOf } from './harness.ts'
import { USES } from './uses.ts'

const ME = subjectOf().identity
const [A, B] = ['https://api.example.com', 'https://b.test']
const WIDE = { ...READ, scope: { origins: [A, B], redirects: true } } as Permission
const ABC = { ...READ, scope: { origins: [A, B, 'https://c.test'], redirects: false } } as Permission
const useOf = (origin: string) => ({ kind: 'http', origin, method: 'GET', path: '/' }) as const
const of = (...rules: PolicyRule[]): HostPolicy => ({ rules })
const cap = (...origins: string[]): PolicyRule => ({ effect: 'cap', permissions: [{ name: 'http:read', scope: { origins, redirects: false } }] })
const grant = (...origins: string[]): PolicyRule => ({
  effect: 'grant', origins: [ME.origin], permissions: [{ name: 'http:read', scope: { origins, redirects: false } }],
})

/** Of each kind of list two scopes that have nothing in common. */
const OTHERS: readonly (readonly [PermissionName, object, object])[] = [
  ['http:read', { origins: [A], redirects: false }, { origins: [B], redirects: false }],
  ['storage:read', { prefixes: ['a/'] }, { prefixes: ['b/'] }],
  ['file:read', { directories: ['/a'] }, { directories: ['/b'] }],
  ['vault:read', { secrets: ['a'] }, { secrets: ['b'] }],
  ['serial:open', { filters: [{ vendorId: 7 }] }, { filters: [{ vendorId: 2 }] }],
  ['serial:open', { filters: [{ vendorId: 7, productId: 1 }] }, { filters: [{ vendorId: 7, productId: 2 }] }],
]
const both = (one: object, other: object): object =>
  Object.fromEntries(Object.entries({ ...one }).map(([key, value]) => [key, Array.isArray(value) ? [...value, ...(Reflect.get(other, key) as unknown[])] : value]))

/** A use that names nothing, where there is one: whatever is granted. */
function anyOf(name: PermissionName): ScopeUse {
  if (name === 'serial:open') return { kind: 'device' }
  return name === 'vault:read' ? { kind: 'secrets' } : USES[name].right
}

describe('whom a rule is about', () => {
  it.each<[string, Partial<PolicyRule>, boolean]>([
    ['everybody', {}, true],
    ['the id', { extensions: [ME.id] }, true],
    ['the origin', { origins: [ME.origin] }, true],
    ['both', { extensions: [ME.id], origins: [ME.origin] }, true],
    ['the id from elsewhere', { extensions: [ME.id], origins: ['https://evil.test/'] }, false],
    ['another id', { extensions: [`${ME.id}.x`] }, false],
    ['a folder above', { origins: ['https://acme.example/'] }, false],
    ['nobody', { extensions: [] }, false],
  ])('%s', (_, whom, expected) => {
    const rule = { effect: 'forbid', permissions: 'all', ...whom } as PolicyRule
    expect(applyPolicy(of(rule), ME, READ).allowed === undefined).toBe(expected)
  })
})

describe('caps', () => {
  it('of several rules all hold, and the user is asked for what is left', async () => {
    const { broker, dialogs } = openTab({ policy: of(cap(A, B, 'https://c.test'), cap(A, 'https://c.test')) })
    const permissions = await broker.open(subjectOf({ optional: [WIDE] }))
    dialogs.automatic = ['always']

    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('permission-denied')
    expect(dialogs.shown).toEqual([])
    expect((await permissions.authorize('http:read', useOf(A))).redirects).toBe(false)
    expect(dialogs.last.request.permissions[0]?.scope).toEqual({ origins: [A], redirects: false })
  })

  it('that leave nothing forbid', () => {
    expect(applyPolicy(of(cap('https://c.test')), ME, WIDE).allowed).toBeUndefined()
    expect(applyPolicy(of(cap(A), cap(B)), ME, WIDE).allowed).toBeUndefined()
  })

  it.each(OTHERS)('that leave nothing of what was granted of %s leave nothing at all: granted %j, capped to %j', async (name, granted, left) => {
    const subject = subjectOf({ optional: [{ name, scope: both(granted, left), reason: '' } as Permission] })
    const tab = openTab()
    tab.dialogs.automatic = [{ decision: 'always', scope: granted }]
    await (await tab.broker.open(subject)).request(name)
    const rule = { effect: 'cap', permissions: [{ name, scope: left }] } as PolicyRule
    const next = openTab({ policy: of(rule), store: tab.store })
    const permissions = await next.broker.open(subject)

    expect([permissions.query()[0]?.state, permissions.grants(), await codeOf(permissions.authorize(name, anyOf(name)))]).toEqual(['denied', [], 'permission-denied'])
    expect(next.dialogs.shown).toEqual([])
  })

  it('leave of a grant what they allow, and that is what is listed', async () => {
    const subject = subjectOf({ optional: [WIDE] })
    const tab = openTab()
    tab.dialogs.automatic = ['always']
    await (await tab.broker.open(subject)).request('http:read')
    const permissions = await openTab({ policy: of(cap(A)), store: tab.store }).broker.open(subject)

    expect(permissions.grants()).toMatchObject([{ by: 'user', scope: { origins: [A], redirects: false } }])
    await expect(permissions.narrow('http:read', { origins: [B], redirects: false })).rejects.toThrow(RangeError)
  })

  it('leave other permissions alone', () => {
    expect(applyPolicy(of(cap(A)), ME, STORE).allowed).toBe(STORE)
  })

  it.each<[PermissionName, object, object, object | undefined]>([
    ['storage:read', { prefixes: ['a/', 'b/c'] }, { prefixes: ['a/x', 'b/', 'd'] }, { prefixes: ['b/c', 'a/x'] }],
    ['storage:read', { prefixes: ['a'] }, { prefixes: ['b'] }, undefined],
    ['file:read', { directories: ['/a', '/b'], picked: true }, { directories: ['/b'] }, { directories: ['/b'] }],
    ['file:read', { directories: ['/a'], picked: true }, { directories: ['/b'], picked: true }, { directories: [], picked: true }],
    ['file:read', { directories: ['/a'] }, { directories: ['/b'], picked: true }, undefined],
    ['vault:use', { secrets: ['a', 'b'] }, { secrets: ['b', 'c'] }, { secrets: ['b'] }],
    ['clipboard:read', {}, {}, {}],
    ['serial:open', {}, { filters: [{ vendorId: 1 }] }, { filters: [{ vendorId: 1 }] }],
    ['serial:open', { filters: [{ vendorId: 1, productId: 2 }] }, { filters: [{ vendorId: 1 }] }, { filters: [{ vendorId: 1, productId: 2 }] }],
    ['serial:open', { filters: [{ vendorId: 1 }] }, { filters: [{ vendorId: 2 }] }, undefined],
    ['http:read', { origins: [A], redirects: true, paths: ['/v1/a', '/v2'] }, { origins: [`${A}:443`], redirects: true, paths: ['/v1', '/v2/b'], methods: ['GET'] },
      { origins: [A], redirects: true, paths: ['/v1/a', '/v2/b'], methods: ['GET'] }],
    ['http:read', { origins: [A], redirects: false, paths: ['/v1'] }, { origins: [A], redirects: false, paths: ['/v10'] }, undefined],
    ['http:read', { origins: [A], redirects: false, methods: ['GET'] }, { origins: [A], redirects: false, methods: ['HEAD'] }, undefined],
  ])('of %s %j to %j leave %j', (name, scope, limit, expected) => {
    const rule = { effect: 'cap', permissions: [{ name, scope: limit }] } as PolicyRule
    expect(applyPolicy(of(rule), ME, { name, scope, reason: '' } as Permission).allowed?.scope).toEqual(expected)
  })
})

describe('pre-grants', () => {
  it('need no asking, at install nor in use', async () => {
    const { broker, dialogs } = openTab({ policy: of(grant(A, B)), prompt: 'none' })
    const permissions = await broker.admit(subjectOf({ required: [READ], optional: [] }))

    expect(permissions.grants()).toMatchObject([{ by: 'policy', decidedAt: 0, scope: { origins: [A] } }])
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('resolved')
    expect(dialogs.shown).toEqual([])
  })

  it('of a part are that part, and the rest is asked', async () => {
    const { broker, dialogs } = openTab({ policy: of(grant(A)) })
    const permissions = await broker.open(subjectOf({ optional: [{ ...WIDE, scope: { ...WIDE.scope, redirects: false } } as Permission] }))
    dialogs.automatic = ['deny']
    const authorization = await permissions.authorize('http:read', useOf(A))

    expect([dialogs.shown.length, authorization.covers(useOf(B))]).toEqual([0, false])
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('permission-denied')
    expect(dialogs.shown).toHaveLength(1)
    // The user has said no to the whole of it, which is stricter.
    expect(await codeOf(permissions.authorize('http:read', useOf(A)))).toBe('permission-denied')
  })

  it.each(OTHERS)('of other %s than the manifest asks for are of nothing: %j, asked %j', async (name, part, asked) => {
    const rule = { effect: 'grant', origins: [ME.origin], permissions: [{ name, scope: part }] } as PolicyRule
    const { broker } = openTab({ policy: of(rule), prompt: 'none' })
    const permissions = await broker.open(subjectOf({ optional: [{ name, scope: asked, reason: '' } as Permission] }))

    expect([permissions.query()[0]?.state, permissions.grants(), await codeOf(permissions.authorize(name, anyOf(name)))]).toEqual(['prompt', [], 'permission-denied'])
  })

  it('of a part are listed and taken back like what was granted, and so is each of several', async () => {
    const { broker, dialogs } = openTab({ policy: of(grant(A), grant(B), grant(A)) })
    const permissions = await broker.open(subjectOf({ optional: [ABC] }))
    expect(permissions.query()[0]?.state).toBe('prompt')
    expect(permissions.grants()).toMatchObject([{ by: 'policy', scope: { origins: [A] } }, { by: 'policy', scope: { origins: [B] } }])

    const { signal } = await permissions.authorize('http:read', useOf(A))
    await permissions.narrow('http:read', { origins: [B], redirects: false })
    expect([signal.reason?.code, permissions.grants().map(({ scope }) => scope)]).toEqual(['permission-revoked', [{ origins: [B], redirects: false }]])
    await permissions.revoke('http:read')
    expect([permissions.query()[0]?.state, permissions.grants()]).toEqual(['denied', []])
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('permission-revoked')
    expect(dialogs.shown).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['a denial', 'deny', 'permission-denied'],
    ['a grant of something else', { decision: 'always', scope: { origins: [B], redirects: false } }, 'resolved'],
  ])('of a part end, with what runs, by %s of the whole', async (_, decision, outcome) => {
    const { broker, dialogs } = openTab({ policy: of(grant(A)) })
    const permissions = await broker.open(subjectOf({ optional: [ABC] }))
    const stream = await permissions.authorize('http:read', useOf(A))
    dialogs.automatic = [decision]

    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe(outcome)
    expect([stream.signal.reason?.code, stream.covers(useOf(A))]).toEqual(['permission-revoked', false])
    expect(permissions.grants().map(({ by }) => by)).toEqual(outcome === 'resolved' ? ['user'] : [])
  })

  it('of a part go on when the user grants the whole', async () => {
    const { broker, dialogs } = openTab({ policy: of(grant(A)) })
    const permissions = await broker.open(subjectOf({ optional: [ABC] }))
    const stream = await permissions.authorize('http:read', useOf(A))
    dialogs.automatic = ['always']
    await permissions.authorize('http:read', useOf(B))

    expect([stream.signal.aborted, stream.covers(useOf(A))]).toEqual([false, true])
  })

  it('are for the origin that is named', async () => {
    const { broker } = openTab({ policy: of(grant(A)), prompt: 'none' })
    const permissions = await broker.open(subjectOf({ identity: { id: ME.id, origin: 'https://evil.test/' } }))

    expect(permissions.query()[0]?.state).toBe('prompt')
  })

  it('give way to a revocation, and can be narrowed, also in the next page', async () => {
    const tab = openTab({ policy: of(grant(A, B)) })
    const permissions = await tab.broker.open(subjectOf({ optional: [{ ...WIDE, scope: { ...WIDE.scope, redirects: false } } as Permission, STORE] }))
    await permissions.narrow('http:read', { origins: [B], redirects: false })
    expect(await codeOf(permissions.authorize('http:read', useOf(A)))).toBe('permission-denied')
    expect(await codeOf(permissions.authorize('http:read', useOf(B)))).toBe('resolved')
    await permissions.revoke('http:read')
    const next = await openTab({ policy: of(grant(A, B)), store: tab.store }).broker.open(subjectOf())

    expect(await codeOf(next.authorize('http:read', USE))).toBe('permission-revoked')
  })

  it('give way to caps and to what is forbidden, in whatever order', () => {
    for (const rules of [[grant(A, B), cap(A)], [cap(A), grant(A, B)]])
      expect(applyPolicy(of(...rules), ME, WIDE)).toMatchObject({ allowed: { scope: { origins: [A] } } })
    expect(applyPolicy(of(grant(A), { effect: 'forbid', permissions: ['http:read'] }), ME, READ).allowed).toBeUndefined()
  })
})

describe('a policy that is only tried', () => {
  it('denies nothing, and lists what it would, each kind of use once, counted', async () => {
    const trial = new PolicyTrial(of({ effect: 'forbid', permissions: ['storage:read'] }, cap(B)), () => 7)
    const heard: unknown[] = []
    const { broker, dialogs } = openTab({ trial, onReport: (reported) => heard.push(reported) })
    dialogs.automatic = ['session']
    const permissions = await broker.open(subjectOf({ optional: [WIDE, STORE] }))
    for (const origin of [A, A, B]) await permissions.authorize('http:read', useOf(origin))
    await permissions.authorize('storage:read', NOTE)

    expect(trial.list(permissions.key)).toEqual([
      { name: 'http:read', use: `GET ${A}`, count: 2, at: 7 }, { name: 'storage:read', use: 'notes/*', count: 1, at: 7 },
    ])
    expect(heard).toMatchObject([{ name: 'http:read', count: 1 }, { name: 'storage:read', count: 1 }])
  })
})
