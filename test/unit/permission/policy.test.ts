import { describe, expect, it } from 'vitest'
import type { Permission, PermissionName } from '../../../src/manifest/permission.ts'
import type { HostPolicy, PolicyRule } from '../../../src/manifest/policy.ts'
import { applyPolicy } from '../../../src/permission/policy.ts'
import { PolicyTrial } from '../../../src/permission/trial.ts'
import { NOTE, READ, STORE, USE, codeOf, openTab, subjectOf } from './harness.ts'

const ME = subjectOf().identity
const [A, B] = ['https://api.example.com', 'https://b.test']
const WIDE = { ...READ, scope: { origins: [A, B], redirects: true } } as Permission
const useOf = (origin: string) => ({ kind: 'http', origin, method: 'GET', path: '/' }) as const
const of = (...rules: PolicyRule[]): HostPolicy => ({ rules })
const cap = (...origins: string[]): PolicyRule => ({ effect: 'cap', permissions: [{ name: 'http:read', scope: { origins, redirects: false } }] })
const grant = (...origins: string[]): PolicyRule => ({
  effect: 'grant', origins: [ME.origin], permissions: [{ name: 'http:read', scope: { origins, redirects: false } }],
})

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
