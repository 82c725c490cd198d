import { describe, expect, it } from 'vitest'
import { httpOrigin } from '../../../src/manifest/origin.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { covers, isWithin, parseScope } from '../../../src/permission/scope/index.ts'

const http = (...origins: string[]): Permission => ({ name: 'http:read', scope: { origins, redirects: false }, reason: '' })
const storage = (...prefixes: string[]): Permission => ({ name: 'storage:read', scope: { prefixes }, reason: '' })

describe('an http scope of https://example.com', () => {
  it.each([
    ['the same origin', 'https://example.com/', true],
    ['the same with its default port', 'https://example.com:443/', true],
    ['upper case', 'HTTPS://EXAMPLE.COM/', true],
    ['a root dot', 'https://example.com./', true],
    ['a path and a query', 'https://example.com/a?b#c', true],
    ['a fullwidth letter that normalizes to it', 'https://\uff45xample.com/', true],
    ['a backslash for a slash', 'https:\\\\example.com\\a', true],
    ['another scheme', 'http://example.com/', false],
    ['another port', 'https://example.com:8443/', false],
    ['a longer name that ends in it', 'https://notexample.com/', false],
    ['a longer name that begins with it', 'https://example.com.evil.test/', false],
    ['a subdomain', 'https://api.example.com/', false],
    ['the name as user info', 'https://example.com@evil.test/', false],
    ['the name as user info, ended by a backslash', 'https://evil.test\\@example.com/', false],
    ['the name in the path', 'https://evil.test/https://example.com', false],
    ['the name in the fragment', 'https://evil.test/#@example.com', false],
    ['a look-alike letter', 'https://ex\u0430mple.com/', false],
    ['two root dots', 'https://example.com../', false],
    ['a websocket', 'wss://example.com/', false],
    ['a file', 'file://example.com/', false],
    ['a data URL', 'data:text/plain,https://example.com', false],
    ['a blob of it', 'blob:https://example.com/1', false],
    ['an ideographic full stop for its dot', 'https://example\u3002com/', true],
    ['a letter as an escape', 'https://%65xample.com/', true],
    ['an invisible hyphen', 'https://exam\u00adple.com/', true],
    ['a tab within', 'https://exam\tple.com/', true],
    ['an ideographic full stop before another name', 'https://example.com\u3002evil.test/', false],
    ['an escaped dot before another name', 'https://example.com%2eevil.test/', false],
    ['an escaped slash before another name', 'https://example.com%2fevil.test/', false],
    ['the name and a port as user info', 'https://example.com:443@evil.test/', false],
    ['the name in brackets', 'https://[example.com]/', false],
    ['the encoded form of a look-alike', 'https://xn--exmple-4nf.com/', false],
    ['an underscore at its end', 'https://example.com_/', false],
    ['a space at its end', 'https://example.com /', false],
    ['nothing', '', false],
    ['the null origin', 'null', false],
  ])('%s', (_, origin, expected) => {
    expect(covers(http('https://example.com'), { kind: 'http', origin, method: 'GET', path: '/' })).toBe(expected)
  })
})

describe('an http scope of a loopback address', () => {
  it.each(['127.1', '0x7f.1', '2130706433', '0177.0.0.1', '127.0.0.1.'])('knows %s as 127.0.0.1', (host) => {
    expect(httpOrigin(`http://${host}:8080/`)).toBe('http://127.0.0.1:8080')
  })

  it.each(['http://localhost:8080', 'http://[::1]:8080', 'http://127.0.0.2:8080', 'http://[::ffff:127.0.0.1]:8080', 'http://127.0.0.1'])(
    'does not cover %s',
    (origin) => {
      expect(covers(http('http://127.0.0.1:8080'), { kind: 'http', origin, method: 'GET', path: '/' })).toBe(false)
    },
  )
})

describe('an http scope with paths and methods', () => {
  const scoped = (over: object): Permission => ({ name: 'http:write', scope: { origins: ['https://a.test'], redirects: false, ...over }, reason: '' })
  const use = (path: string, method = 'POST') => ({ kind: 'http', origin: 'https://a.test', method, path }) as const

  it.each([
    ['/v1', true], ['/v1/', true], ['/v1/items', true], ['/v10', false], ['/v', false], ['/', false], ['/V1', false], ['/v1%2f..%2fadmin', false],
    ['/v1/%2e%2e%2fadmin', false], ['/v1/..%5cadmin', false], ['/v1/..;/admin', false], ['/v1/.;x/a', false], ['/v1/%252e%252e%252fadmin', false], ['/v1/..%00/admin', false], ['/v1/.%2e%20/admin', false], ['/v1/..%3b/admin', false], ['/v1/a;b', true], ['/v1/a%20b', true], ['/v1/.a%20b', true], ['/v1/a..b', true], ['/other/v1', false],
  ])('of /v1: %s is %s', (path, expected) => {
    expect(covers(scoped({ paths: ['/v1'] }), use(path))).toBe(expected)
  })

  it('covers its methods only', () => {
    expect(covers(scoped({ methods: ['POST'] }), use('/'))).toBe(true)
    expect(covers(scoped({ methods: ['POST'] }), use('/', 'DELETE'))).toBe(false)
  })

  it('is within a wider one, not the other way', () => {
    const [wide, narrow] = [scoped({}), scoped({ paths: ['/v1/a'], methods: ['POST'] })]
    expect([isWithin(narrow, wide), isWithin(wide, narrow)]).toEqual([true, false])
    expect(isWithin(scoped({ paths: ['/v1/a'] }), scoped({ paths: ['/v1'] }))).toBe(true)
    expect(isWithin(scoped({ paths: ['/v10'] }), scoped({ paths: ['/v1'] }))).toBe(false)
  })
})

describe('a scope of names', () => {
  it.each([
    ['vault:use', { secrets: ['api'] }, { kind: 'secret', name: 'api' }, true],
    ['vault:use', { secrets: ['api'] }, { kind: 'secret', name: 'api2' }, false],
    ['event:listen', { events: ['host/theme'] }, { kind: 'event', name: 'host/theme' }, true],
    ['event:listen', { events: ['host/theme'] }, { kind: 'secret', name: 'host/theme' }, false],
    ['data:read', { collections: ['notes'] }, { kind: 'collection', name: '__proto__' }, false],
    ['extension:call', { extensions: ['com.a.b'] }, { kind: 'extension', id: 'com.a.b' }, true],
    ['extension:call', { extensions: ['com.a.b'] }, { kind: 'extension', id: 'com.a.bc' }, false],
    ['host:call', { capabilities: ['notes.read'] }, { kind: 'provided', name: 'notes.read' }, true],
    ['host:call', { capabilities: ['notes.read'] }, { kind: 'provided', name: 'notes.write' }, false],
    ['host:call', { capabilities: ['notes.read'] }, { kind: 'collection', name: 'notes.read' }, false],
    ['clipboard:read', {}, { kind: 'plain' }, true],
    ['clipboard:read', {}, { kind: 'device' }, false],
    ['serial:open', {}, { kind: 'device' }, true],
    ['serial:open', { filters: [{ vendorId: 1 }] }, { kind: 'device' }, true],
    ['serial:open', {}, { kind: 'device', filters: [{ vendorId: 1 }] }, true],
    ['serial:open', { filters: [{ vendorId: 1 }] }, { kind: 'device', filters: [{ vendorId: 2 }, { vendorId: 1, productId: 7 }] }, true],
    ['serial:open', { filters: [{ vendorId: 1 }] }, { kind: 'device', filters: [{ vendorId: 2 }] }, false],
    ['serial:open', { filters: [] }, { kind: 'device' }, false],
  ] as const)('%s %j covers %j: %s', (name, scope, use, expected) => {
    expect(covers({ name, scope }, use)).toBe(expected)
    expect(isWithin({ name, scope }, { name, scope: parseScope(name, structuredClone(scope)) ?? scope })).toBe(true)
  })

  it('of devices narrows by vendor and product', () => {
    const of = (filters?: readonly object[]) => ({ name: 'serial:open', scope: filters ? { filters } : {} }) as Parameters<typeof isWithin>[0]
    expect(isWithin(of([{ vendorId: 1, productId: 2 }]), of([{ vendorId: 1 }]))).toBe(true)
    expect(isWithin(of([{ vendorId: 1 }]), of([{ vendorId: 1, productId: 2 }]))).toBe(false)
    expect(isWithin(of(), of([{ vendorId: 1 }]))).toBe(false)
    expect(parseScope('serial:open', { filters: [{ vendorId: '1' }] })).toBeUndefined()
  })
})

describe('a file scope', () => {
  it.each([
    ['the directory', '/data', true],
    ['one below it', '/data/a', false],
    ['one above it', '/', false],
    ['another that begins alike', '/database', false],
  ])('%s', (_, directory, expected) => {
    expect(covers({ name: 'file:read', scope: { directories: ['/data'] } }, { kind: 'file', directory })).toBe(expected)
  })

  it('is not widened by an update that asks for one more', () => {
    const granted = { name: 'file:read', scope: { directories: ['/a'] } } as const
    expect(isWithin({ name: 'file:read', scope: { directories: ['/a', '/b'] } }, granted)).toBe(false)
    expect(isWithin(granted, granted)).toBe(true)
    expect(parseScope('file:read', { directories: ['/a'] })).toEqual({ directories: ['/a'] })
    expect(parseScope('file:read', { prefixes: [''] })).toBeUndefined()
  })
})

describe('a storage scope', () => {
  it.each([
    ['a key below the prefix', ['a/'], { kind: 'storage', key: 'a/b' }, true],
    ['the prefix itself', ['a/'], { kind: 'storage', key: 'a/' }, true],
    ['a key beside it', ['a/'], { kind: 'storage', key: 'a' }, false],
    ['one of several', ['a/', 'b/'], { kind: 'storage', key: 'b/1' }, true],
    ['every key', [''], { kind: 'storage', key: 'x' }, true],
    ['the key __proto__', ['a/'], { kind: 'storage', key: '__proto__' }, false],
    ['a list of the prefix', ['a/'], { kind: 'storage-prefix', prefix: 'a/' }, true],
    ['a narrower list', ['a/'], { kind: 'storage-prefix', prefix: 'a/b' }, true],
    ['a wider list', ['a/'], { kind: 'storage-prefix', prefix: 'a' }, false],
    ['a list of everything', ['a/'], { kind: 'storage-prefix', prefix: '' }, false],
  ] as const)('%s', (_, prefixes, use, expected) => {
    expect(covers(storage(...prefixes), use)).toBe(expected)
  })
})

it('never matches a use of another kind', () => {
  expect(covers(storage(''), { kind: 'http', origin: 'https://example.com', method: 'GET', path: '/' })).toBe(false)
  expect(covers(http('https://example.com'), { kind: 'storage', key: 'https://example.com' })).toBe(false)
})

it.each([
  ['the same', http('https://a.test'), http('https://a.test', 'https://b.test'), true],
  ['one origin more', http('https://a.test', 'https://c.test'), http('https://a.test'), false],
  ['another permission', http('https://a.test'), { ...http('https://a.test'), name: 'http:write' }, false],
  ['redirects', { ...http('https://a.test'), scope: { origins: ['https://a.test'], redirects: true } }, http('https://a.test'), false],
  ['a longer prefix', storage('a/b'), storage('a/'), true],
  ['a shorter prefix', storage('a'), storage('a/'), false],
] as readonly (readonly [string, Permission, Permission, boolean])[])(
  'sees whether %s lies within what was granted',
  (_, asked, granted, expected) => {
    expect(isWithin(asked, granted)).toBe(expected)
  },
)

it.each([
  undefined,
  null,
  'x',
  {},
  { origins: 'https://a.test', redirects: false },
  { origins: [1], redirects: false },
  { origins: [] },
  { prefixes: [''] },
])('takes %j for no http scope', (input) => expect(parseScope('http:read', input)).toBeUndefined())
