/** What a broken inner ring, or a guest that patched its own intrinsics, may answer to `extension.fetch`. */
import { expect, test } from 'vitest'
import { codeOf, openBox, pkg } from '../browser/box-harness.ts'
import { escape } from './escaped-harness.ts'

const HEAD = { status: 200, statusText: '', headers: [], body: null }
const ask = (head: unknown): string => `https://a.test/?head=${encodeURIComponent(JSON.stringify(head))}`

const FORGED: readonly (readonly [name: string, head: unknown, code: string])[] = [
  ['no head', null, 'malformed-message'],
  ['a text for a head', 'x', 'malformed-message'],
  ['a list for a head', [HEAD], 'malformed-message'],
  ['a status that is a text', { ...HEAD, status: '200' }, 'malformed-message'],
  ['headers that are an object', { ...HEAD, headers: { a: 'b' } }, 'malformed-message'],
  ['a header that is no pair', { ...HEAD, headers: [['a', 'b', 'c']] }, 'malformed-message'],
  ['a header that is a number', { ...HEAD, headers: [['a', 1]] }, 'malformed-message'],
  ['a body that is a text', { ...HEAD, body: 'x' }, 'malformed-message'],
  ['status 101', { ...HEAD, status: 101 }, 'value-unsupported'],
  ['status 99', { ...HEAD, status: 99 }, 'value-unsupported'],
  ['status 999', { ...HEAD, status: 999 }, 'value-unsupported'],
  ['status 0', { ...HEAD, status: 0 }, 'value-unsupported'],
  ['status 200.5', { ...HEAD, status: 200.5 }, 'value-unsupported'],
  ['a status text of two lines', { ...HEAD, statusText: 'a\nb' }, 'value-unsupported'],
  ['a header name with a blank', { ...HEAD, headers: [['a b', 'c']] }, 'value-unsupported'],
  ['no header name', { ...HEAD, headers: [['', 'c']] }, 'value-unsupported'],
  ['a header value of two lines', { ...HEAD, headers: [['a', 'b\r\nset-cookie: x']] }, 'value-unsupported'],
  ['a header value beyond Latin1', { ...HEAD, headers: [['a', '\u4e2d']] }, 'value-unsupported'],
  ['a body with status 204', { ...HEAD, status: 204, body: 1 }, 'value-unsupported'],
  ['a body with status 304', { ...HEAD, status: 304, body: 1 }, 'value-unsupported'],
  ['two thousand headers', { ...HEAD, headers: Array.from({ length: 2000 }, () => ['a', 'b']) }, 'message-too-large'],
  ['a header of 300 000 characters', { ...HEAD, headers: [['a', 'x'.repeat(300_000)]] }, 'message-too-large'],
  ['a stream of the page\'s', { ...HEAD, body: 0 }, 'thrown'],
  ['a stream far ahead', { ...HEAD, body: 1e9 + 1 }, 'thrown'],
  ['a stream with a negative number', { ...HEAD, body: -1 }, 'thrown'],
  ['a stream between two numbers', { ...HEAD, body: 1.5 }, 'thrown'],
]
test.each(FORGED)('%s is an error with its code, and the extension goes on', async (_name, head, code) => {
  const { extension } = await escape()

  expect(await codeOf(extension.fetch(ask(head), { timeoutMs: 2_000 }))).toBe(code)

  expect((await extension.fetch(ask({ ...HEAD, status: 202, headers: [['a', 'b']] }))).status).toBe(202)
})

test('a stream that is given twice is there once', async () => {
  const { extension } = await escape()

  const first = await extension.fetch(ask({ ...HEAD, body: 1 }))

  expect(await codeOf(extension.fetch(ask({ ...HEAD, body: 1 })))).toBe('thrown')
  await first.body?.cancel()
})

test('cookies of an answer stay nowhere', async () => {
  const { extension } = await escape()

  const response = await extension.fetch(ask({ ...HEAD, headers: [['set-cookie', 'a=b'], ['x', 'y']] }))

  expect([...response.headers]).toEqual([['x', 'y']])
  expect(document.cookie).not.toContain('a=b')
})

const PATCHES: readonly (readonly [name: string, code: string])[] = [
  ['its lists', 'Array.prototype[Symbol.iterator] = function* () { yield ["a b", "c"] }'],
  ['its maps', 'Map.prototype.get = () => { throw 1 }; Map.prototype.entries = () => [["a b", 1]][Symbol.iterator]()'],
  ['its headers', 'Headers.prototype.entries = () => [["a b", "\\n"]][Symbol.iterator]()'],
  ['its promises', 'Promise.prototype.then = () => { throw 1 }'],
  ['its streams', 'ReadableStream.prototype.getReader = () => ({ read: () => 5 }); WritableStream = undefined; AbortController = undefined'],
  ['its prototypes', 'for (const key of ["status", "body", "headers", "type"]) Object.defineProperty(Object.prototype, key, { get: () => 999, set() {} })'],
]
test.each(PATCHES)('a guest that patches %s spoils its own answer at most', async (_name, patch) => {
  const box = await openBox()
  const extension = await box.install(pkg(`export const spoil = () => { ${patch} }; export default { fetch: () => new Response('x', { status: 201 }) }`))
  const other = await box.install(pkg('let n = 0; export const count = () => ++n', { id: 'com.example.other' }))
  await other.call('count')
  await extension.call('spoil').catch(() => {})

  const outcome = await extension.fetch('https://a.test/', { timeoutMs: 1_000 }).then((response) => response.status, (error: { readonly code: string }) => error.code)

  expect([201, 'thrown', 'value-unsupported', 'deadline-exceeded', 'malformed-message', 'crashed']).toContain(outcome)
  expect(await other.call('count')).toBe(2)
  await extension.stop()
  expect((await extension.fetch('https://a.test/')).status).toBe(201)
})

test('a guest that answers a thousand requests at once with bodies that nobody reads', async () => {
  const box = await openBox()
  const extension = await box.install(pkg('export default { fetch: () => new Response(new Uint8Array(1000)) }; export const ok = () => 1'))

  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => extension.fetch('https://a.test/').then((response) => response, (error: { readonly code: string }) => error.code)))

  const texts = await Promise.all(outcomes.filter((each) => each instanceof Response).slice(0, 10).map(async (each) => (each as Response).bytes().catch(() => undefined)))
  expect(texts.every((bytes) => bytes?.length === 1000)).toBe(true)
  await extension.stop()
  expect(await extension.call('ok')).toBe(1)
})
