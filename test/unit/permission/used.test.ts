import { expect, test } from 'vitest'
import type { ScopeUse } from '../../../src/manifest/authorization.ts'
import type { Scoped } from '../../../src/permission/scope/index.ts'
import { describeUsed } from '../../../src/permission/scope/used.ts'

const SECRET = 's3cret'
const http: Scoped = { name: 'http:read', scope: { origins: ['https://a.example'], redirects: false, paths: ['/v1'] } }
const storage: Scoped = { name: 'storage:read', scope: { prefixes: ['notes/', ''] } }
const request = (origin: string, path: string, method = 'GET'): ScopeUse => ({ kind: 'http', origin, method, path })

test.each<readonly [string, Scoped | undefined, ScopeUse, string]>([
  ['the path prefix that was granted', http, request('https://a.example', `/v1/${SECRET}`), 'GET https://a.example/v1'],
  ['of a path outside, the origin', http, request('https://a.example', `/v2/${SECRET}`), 'GET https://a.example'],
  ['of another origin, the origin', http, request('https://b.example', `/${SECRET}`), 'GET https://b.example'],
  ['of a method of its own, nothing', http, request('https://b.example', '/', SECRET), 'other https://b.example'],
  ['of no origin, nothing', http, request(`x:${SECRET}`, '/'), 'GET '],
  ['the key prefix', storage, { kind: 'storage', key: `notes/${SECRET}` }, 'notes/*'],
  ['all keys', storage, { kind: 'storage', key: SECRET }, '*'],
  ['the prefix of a listing', storage, { kind: 'storage-prefix', prefix: `notes/${SECRET}` }, 'notes/*'],
  ['of a key without the permission, nothing', undefined, { kind: 'storage', key: SECRET }, ''],
  ['a name of the manifest\'s', { name: 'vault:use', scope: { secrets: ['token'] } }, { kind: 'secret', name: 'token' }, 'token'],
  ['of another name, nothing', { name: 'vault:use', scope: { secrets: ['token'] } }, { kind: 'secret', name: SECRET }, ''],
])('what is told of a use is %s', (_name, asked, use, told) => {
  expect(describeUsed(asked, use)).toBe(told)
})
