import { describe, expect, it } from 'vitest'
import { filterResponseHeaders, parseRequestHeaders } from '../../../src/capability/http-headers.ts'
import { parseBodyId, parseRequest } from '../../../src/capability/http-request.ts'

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

describe('the URL of a request', () => {
  it.each([
    ['plain', 'https://example.com/a?b=c', 'https://example.com', 'https://example.com/a?b=c'],
    ['a root dot', 'https://example.com./a', 'https://example.com', 'https://example.com/a'],
    ['a default port', 'https://example.com:443/', 'https://example.com', 'https://example.com/'],
    ['another port', 'https://example.com:444/', 'https://example.com:444', 'https://example.com:444/'],
    ['backslashes', 'https:\\\\example.com\\a', 'https://example.com', 'https://example.com/a'],
    ['a fragment', 'https://example.com/#x', 'https://example.com', 'https://example.com/'],
    ['tabs and line feeds inside', 'https://exa\tmp\nle.com/', 'https://example.com', 'https://example.com/'],
    ['a look-alike letter', 'https://ex\u0430mple.com/', 'https://xn--exmple-4nf.com', 'https://xn--exmple-4nf.com/'],
    ['a short address', 'http://127.1/', 'http://127.0.0.1', 'http://127.0.0.1/'],
    ['a decimal address', 'http://2130706433/', 'http://127.0.0.1', 'http://127.0.0.1/'],
    ['an octal address', 'http://0177.0.0.1/', 'http://127.0.0.1', 'http://127.0.0.1/'],
    ['localhost with a dot', 'http://localhost.:80/', 'http://localhost', 'http://localhost/'],
    ['an IPv4 address in IPv6', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]', 'http://[::ffff:7f00:1]/'],
  ])('%s: what is compared is what is fetched', (_, url, origin, href) => {
    const request = parseRequest([{ url }])
    expect([request.origin, request.url.href]).toEqual([origin, href])
  })

  it.each([
    '',
    'example.com',
    '/a',
    '//example.com/a',
    'https://',
    'https://user@example.com/',
    'https://:pw@example.com/',
    'https://example.com@evil.test/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'blob:https://example.com/1',
    'javascript:1',
    'ws://example.com/',
    `https://example.com/${'a'.repeat(9000)}`,
    7,
    null,
    { toString: () => 'https://example.com/' },
  ])('refuses %j', (url) => {
    expect(codeOf(() => parseRequest([{ url }]))).toBe('invalid-argument')
  })
})

it.each([
  ['GET', 'http:read'],
  ['HEAD', 'http:read'],
  ['get', 'http:read'],
  ['POST', 'http:write'],
  ['PUT', 'http:write'],
  ['patch', 'http:write'],
  ['DELETE', 'http:write'],
  ['OPTIONS', 'http:write'],
])('%s needs %s', (method, permission) => {
  expect(parseRequest([{ url: 'https://a.test/', method }]).permission).toBe(permission)
})

it.each([
  ['a method that is none', { method: 'CONNECT' }],
  ['TRACE', { method: 'TRACE' }],
  ['a method with a space', { method: 'GET /' }],
  ['redirect: manual', { redirect: 'manual' }],
  ['a GET with a body', { body: 0 }],
  ['mode', { mode: 'no-cors' }],
  ['keepalive', { keepalive: true }],
  ['integrity', { integrity: 'sha256-x' }],
  ['credentials', { credentials: 'include' }],
  ['headers that are no list', { headers: { a: 'b' } }],
])('refuses %s', (_, change) => expect(codeOf(() => parseRequest([{ url: 'https://a.test/', ...change }]))).toBe('invalid-argument'))

it.each(['text', -1, 0.5, NaN, {}, true])('refuses %j for the stream of a body', (body) => {
  expect(codeOf(() => parseBodyId([{ url: 'https://a.test/', method: 'POST', body }]))).toBe('invalid-argument')
})

describe('request headers', () => {
  it.each(['accept', 'Accept-Language', 'content-type', 'if-none-match', 'range', 'X-Requested-With'])('lets %s through', (name) => {
    expect(parseRequestHeaders([[name, 'v']])).toEqual([[name.toLowerCase(), 'v']])
  })

  it.each([
    'Authorization',
    'cookie',
    'Cookie2',
    'origin',
    'host',
    'referer',
    'user-agent',
    'sec-fetch-site',
    'Sec-CH-UA',
    'proxy-authorization',
    'x-forwarded-for',
    'x-api-key',
    'x-middleware-subrequest',
    'X-Forwarded-Host',
    'forwarded',
    'via',
    'x-real-ip',
    'x-http-method-override',
    'x-method-override',
    'x-original-url',
    'connection',
    'content-length',
    'transfer-encoding',
    'te',
    'upgrade',
    'date',
    'access-control-request-method',
    'keep-alive',
    'dnt',
    '__proto__',
    'constructor',
  ])('refuses %s by name', (name) => {
    expect(() => parseRequestHeaders([[name, 'v']])).toThrow(`"${name.toLowerCase()}"`)
  })

  it.each([
    ['a line feed in a value', [['accept', 'a\r\ncookie: b']]],
    ['a NUL', [['accept', 'a\0']]],
    ['a letter beyond Latin-1', [['accept', '\u0430']]],
    ['a space in a name', [['x-a b', '']]],
    ['a colon in a name', [['x-a:', '']]],
    ['an empty name', [['', '']]],
    ['a triple', [['a', 'b', 'c']]],
    ['a long value', [['accept', 'a'.repeat(9000)]]],
    ['too many', Array.from({ length: 65 }, (_, index) => [`x-${index}`, ''])],
    ['too much', Array.from({ length: 10 }, (_, index) => [`x-${index}`, 'a'.repeat(8000)])],
  ])('refuses %s', (_, headers) => expect(codeOf(() => parseRequestHeaders(headers))).toBe('invalid-argument'))
})

it('takes cookies out of a response and caps the rest', () => {
  expect(
    filterResponseHeaders([
      ['set-cookie', 'a=b'],
      ['Set-Cookie2', 'a'],
      ['x-a', 'b'],
    ]),
  ).toEqual([['x-a', 'b']])
  expect(filterResponseHeaders(Array.from({ length: 10_000 }, (_, index) => [`x-${index}`, 'v'] as const))).toHaveLength(256)
  expect(filterResponseHeaders([['x-a', 'a'.repeat(70_000)]])).toEqual([])
})
