/** For every permission a scope, a use inside it and one outside. What is all or nothing has nothing outside. */
import type { ScopeUse } from '../../../src/manifest/authorization.ts'
import type { Permission, PermissionName, ScopeOf } from '../../../src/manifest/permission.ts'

export interface UseRow<Name extends PermissionName = PermissionName> {
  readonly scope: ScopeOf[Name]
  readonly right: ScopeUse
  readonly wrong: ScopeUse | undefined
}

const http = (method: string) => ({
  scope: { origins: ['https://a.test'], redirects: false, paths: ['/v1'], methods: [method] },
  right: { kind: 'http', origin: 'https://a.test', method, path: '/v1/x' },
  wrong: { kind: 'http', origin: 'https://a.test', method, path: '/v2' },
}) as const
const storage = { scope: { prefixes: ['a/'] }, right: { kind: 'storage', key: 'a/1' }, wrong: { kind: 'storage-prefix', prefix: '' } } as const
const file = { scope: { directories: ['/data'] }, right: { kind: 'file', directory: '/data' }, wrong: { kind: 'file-picked' } } as const
const secret = { scope: { secrets: ['key'] }, right: { kind: 'secret', name: 'key' }, wrong: { kind: 'secret', name: 'other' } } as const
const event = { scope: { events: ['host/a'] }, right: { kind: 'event', name: 'host/a' }, wrong: { kind: 'event', name: 'host/b' } } as const
const data = { scope: { collections: ['a'] }, right: { kind: 'collection', name: 'a' }, wrong: { kind: 'collection', name: 'b' } } as const
const plain = { scope: {}, right: { kind: 'plain' }, wrong: undefined } as const

export const USES: { readonly [Name in PermissionName]: UseRow<Name> } = {
  'http:read': http('GET'), 'http:write': http('POST'),
  'storage:read': storage, 'storage:write': storage,
  'file:read': file, 'file:write': file,
  'vault:read': secret, 'vault:write': secret, 'vault:use': secret,
  'event:emit': event, 'event:listen': event,
  'data:read': data, 'data:write': data,
  'clipboard:read': plain, 'clipboard:write': plain, 'notification:show': plain,
  'serial:open': {
    scope: { filters: [{ vendorId: 1, productId: 2 }] },
    right: { kind: 'device', filters: [{ vendorId: 1 }, { vendorId: 3 }] }, wrong: { kind: 'device', filters: [{ vendorId: 1, productId: 3 }] },
  },
  'extension:call': { scope: { extensions: ['com.a.b'] }, right: { kind: 'extension', id: 'com.a.b' }, wrong: { kind: 'extension', id: 'com.a.c' } },
  'host:call': { scope: { capabilities: ['a.b'] }, right: { kind: 'provided', name: 'a.b' }, wrong: { kind: 'provided', name: 'a.c' } },
}

export function permissionOf(name: PermissionName): Permission {
  return { name, scope: USES[name].scope, reason: '' } as Permission // the row is of that name
}
