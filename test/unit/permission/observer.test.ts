import { describe, expect, it } from 'vitest'
import type { ScopeUse } from '../../../src/manifest/authorization.ts'
import { parseManifest } from '../../../src/manifest/parse.ts'
import { PERMISSION_NAMES, type Permission, type PermissionName, type Scope } from '../../../src/manifest/permission.ts'
import { PermissionObserver } from '../../../src/permission/observer.ts'
import { covers } from '../../../src/permission/scope/index.ts'
import { widen } from '../../../src/permission/smallest.ts'
import { READ, USE, codeOf, openTab, subjectOf } from './harness.ts'
import { USES } from './uses.ts'

const http = (path: string, method = 'GET', origin = 'https://a.test'): ScopeUse => ({ kind: 'http', origin, method, path })
const key = (name: string): ScopeUse => ({ kind: 'storage', key: name })
const device = (vendorId: number, productId?: number): ScopeUse => ({ kind: 'device', filters: [{ vendorId, ...(productId !== undefined && { productId }) }] })

async function manifestWith(permissions: readonly Permission[]) {
  return parseManifest({ id: 'com.a.b', name: 'A', version: '1.0.0', lane: 'script', entry: 'main.js', files: ['main.js'], permissions })
}

function smallest(name: PermissionName, uses: readonly ScopeUse[]): Permission {
  const scope = uses.reduce<Scope | undefined>((before, use) => widen(before, use, false), undefined)
  return { name, scope, reason: '' } as Permission
}

describe('observe mode', () => {
  it('allows everything and asks nobody, and tells permissions that a manifest can list', async () => {
    const observer = new PermissionObserver()
    const { broker, dialogs } = openTab({ observer })
    const permissions = await broker.admit(subjectOf({ required: [READ], optional: [] }))
    for (const name of PERMISSION_NAMES) await permissions.authorize(name, USES[name].right)

    const observed = observer.permissions(permissions.key)
    expect(observed.map(({ name }) => name)).toEqual(PERMISSION_NAMES)
    expect(observed.every((permission) => covers(permission, USES[permission.name].right))).toBe(true)
    expect((await manifestWith(observed)).permissions).toEqual(observed)
    expect(permissions.query()).toMatchObject([{ name: 'http:read', state: 'granted' }])
    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'granted' }])
    expect(dialogs.shown).toEqual([])
  })

  it('tells that a redirect was followed, and where to', async () => {
    const observer = new PermissionObserver()
    const permissions = await openTab({ observer }).broker.open(subjectOf())
    const authorization = await permissions.authorize('http:read', USE)
    expect([authorization.redirects, authorization.covers(USE)]).toEqual([true, true])
    expect(observer.permissions(permissions.key)).toMatchObject([{ scope: { redirects: false } }])
    expect(authorization.covers(http('/there', 'GET', 'https://b.test'))).toBe(true)

    expect(observer.permissions(permissions.key)).toMatchObject([{ scope: { redirects: true, origins: ['https://api.example.com', 'https://b.test'] } }])
  })

  it('still refuses what was revoked and what there is not', async () => {
    const permissions = await openTab({ observer: new PermissionObserver() }).broker.open(subjectOf())
    const authorization = await permissions.authorize('http:read', USE)
    await permissions.revoke('http:read')

    expect([authorization.signal.reason?.code, authorization.covers(USE)]).toEqual(['permission-revoked', false])
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-revoked')
    expect(await codeOf(permissions.authorize('camera' as PermissionName, USE))).toBe('permission-unknown')
  })
})

describe('the smallest scope', () => {
  const many = Array.from({ length: 500 }, (_, index) => index)

  it.each<[string, PermissionName, readonly ScopeUse[], object]>([
    ['of one request', 'http:read', [http('/v1')], { origins: ['https://a.test'], redirects: false, paths: ['/v1'], methods: ['GET'] }],
    ['of several requests', 'http:read', [http('/v1/a'), http('/v1', 'HEAD'), http('/v10')],
      { origins: ['https://a.test'], redirects: false, paths: ['/v1', '/v10'], methods: ['GET', 'HEAD'] }],
    ['of a path that hides a separator is every path', 'http:read', [http('/a'), http('/a%2f..'), http('/b')],
      { origins: ['https://a.test'], redirects: false, methods: ['GET'] }],
    ['of many items is their folder', 'http:read', many.map((index) => http(`/v1/items/${index}`)),
      { origins: ['https://a.test'], redirects: false, paths: ['/v1/items'], methods: ['GET'] }],
    ['of two keys', 'storage:read', [key('a'), key('b')], { prefixes: ['a', 'b'] }],
    ['of a key and a list of its kind', 'storage:read', [key('note/1'), { kind: 'storage-prefix', prefix: 'note/' }], { prefixes: ['note/'] }],
    ['of a list of everything', 'storage:read', [key('a'), { kind: 'storage-prefix', prefix: '' }], { prefixes: [''] }],
    ['of a key that no manifest can show', 'storage:read', [key('a\u202eb')], { prefixes: ['a'] }],
    ['of a long key', 'storage:read', [key('x'.repeat(300))], { prefixes: ['x'.repeat(256)] }],
    ['of devices', 'serial:open', [device(1), device(2, 3), device(1, 4)], { filters: [{ vendorId: 1 }, { vendorId: 2, productId: 3 }] }],
    ['of every device', 'serial:open', [device(1), { kind: 'device' }, device(2)], {}],
    ['of more devices than a manifest lists', 'serial:open', many.map((index) => device(index)), {}],
    ['of files', 'file:read', [{ kind: 'file', directory: '/a' }, { kind: 'file-picked' }, { kind: 'file', directory: '/b' }], { directories: ['/a', '/b'], picked: true }],
  ])('%s', (_, name, uses, expected) => {
    expect(smallest(name, uses).scope).toEqual(expected)
  })

  it('covers everything it was made of, and a manifest takes it, whatever that was', async () => {
    let seed = 1
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    const word = (): string => ['a', 'b1', 'items', 'x\u200b', '%2e', '..', '\u00fc', 'user-7', ''][random(9)] ?? ''
    for (let round = 0; round < 50; round++) {
      const keys = many.slice(0, random(200) + 1).map(() => key(`${word()}/${word()}/${random(90)}`))
      const requests = many.slice(0, random(200) + 1).map(() => http(new URL(`https://a.test/${word()}/${word()}/${random(90)}`).pathname))
      for (const [name, uses] of [['storage:read', keys], ['http:read', requests]] as const) {
        const permission = smallest(name, uses)
        expect(uses.filter((use) => !covers(permission, use))).toEqual([])
        await manifestWith([permission])
      }
    }
  })
})
