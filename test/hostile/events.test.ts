/** Events, collections and what the app provides, in the hands of extensions that mean ill: forged names, poisoned values, floods, loops, hoards. */
import { afterEach, describe, expect, test } from 'vitest'
import { limitsOf, openBox, pkg, run, until } from '../browser/box-harness.ts'

afterEach(() => {
  expect(Reflect.get({}, 'polluted'), 'Object.prototype').toBe(undefined)
})

const OWN = 'com.example.test/x'
const may = (name: string, scope: unknown): unknown => ({ name, scope, reason: 'to test' })
const events = (...names: readonly string[]): unknown[] => [may('event:emit', { events: names }), may('event:listen', { events: names })]

const GUEST = `
const code = (promise) => promise.then(() => 'fine', (error) => error.code || error.name)
export const emit = (name, value) => code(glovebox.events.emit(name, value))
export const poison = (name, what) => code((async () => {
  const values = {
    thenable: { then(resolve) { resolve('polluted') } },
    proxy: new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } }),
    getter: { get a() { throw new Error('getter') } },
    proto: JSON.parse('{"__proto__":{"polluted":1}}'),
    deepProto: JSON.parse('[[{"a":{"__proto__":{"polluted":1}}}]]'),
    toJSON: { toJSON: () => ({ polluted: 1 }) },
    huge: 'x'.repeat(1 << 20),
    nodes: Array.from({ length: 200000 }, () => ({})),
    deep: (() => { let deep = []; for (let i = 0; i < 5000; i++) deep = [deep]; return deep })(),
  }
  await glovebox.events.emit(name, values[what])
})())
export async function answer(mine, theirs) { await glovebox.events.listen(theirs, () => { glovebox.events.emit(mine, 1).catch(() => {}) }) }
let idle
export function hoard(name) { idle = glovebox.events.listen(name); return idle.opened }
export async function read(count) {
  const got = []
  for (let i = 0; i < count; i++) { const { value: { value, lost } } = await idle.next(); got.push([value, lost]) }
  return got
}
export async function subscribe(name, count) {
  const codes = {}
  for (let i = 0; i < count; i++) { const word = await code(glovebox.events.listen(name, () => {})); codes[word] = (codes[word] || 0) + 1 }
  return codes
}
let count = 0
export async function count_(name, times) { for (let i = 0; i < times; i++) await glovebox.events.listen(name, () => { count++ }) }
export { count_ as count }
export const heard = () => count
export async function flood(name, times, size) {
  const value = 'x'.repeat(size)
  for (let i = 0; i < times; i++) await code(glovebox.events.emit(name, value))
}
export const host = (...args) => code(glovebox.host.call(...args))
export const data = (...args) => code(glovebox.data.read(...args))
export const ok = () => 1
`

describe('an event', () => {
  test.each([
    'host/theme', 'com.example.other/x', 'com.\u0435xample.test/x', 'com.example.test/x\n', ' com.example.test/x', 'com.example.test//x', 'com.example.test/../host/theme',
    'com.example.test/x\u202e', 'COM.EXAMPLE.TEST/x', 'com.example.test.evil/x', 'com.example.tes/x', '__proto__/x', 'constructor', '', '/', 'host',
  ])('is not emitted as %j', async (name) => {
    const box = await openBox()
    const heard: unknown[] = []
    for (const one of ['host/theme', 'com.example.other/x', OWN]) box.events.listen(one, (event) => heard.push(event))
    const extension = await box.install(pkg(GUEST, { permissions: events(OWN, 'host/theme', 'com.example.other/x', 'com.example.test.evil/x') }))

    expect(['permission-denied', 'invalid-argument']).toContain(await extension.call('emit', [name, 1]))
    expect(heard).toEqual([])
  })

  test.each(['thenable', 'proxy', 'getter', 'proto', 'deepProto', 'toJSON', 'huge', 'nodes', 'deep'])('carries no %s', async (what) => {
    const box = await openBox()
    const heard: unknown[] = []
    box.events.listen(OWN, (event) => heard.push(event))
    const extension = await box.install(pkg(GUEST, { permissions: events(OWN) }))

    expect(await extension.call('poison', [OWN, what])).not.toBe('fine')
    expect([heard, await extension.call('ok')]).toEqual([[], 1])
  })
})

test('two extensions that answer each other for ever are held by their rates, and others go on', async () => {
  const box = await openBox()
  const names = ['com.example.ping/x', 'com.example.pong/x'] as const
  const both = await Promise.all(['com.example.ping', 'com.example.pong'].map((id) => box.install(pkg(GUEST, { id, permissions: events(...names) }))))
  const other = await box.install(pkg(GUEST))
  let count = 0
  for (const name of names) box.events.listen(name, () => void count++)
  await Promise.all([both[0]?.call('answer', [names[0], names[1]]), both[1]?.call('answer', [names[1], names[0]])])
  const start = performance.now()
  for (let i = 0; i < 50; i++) await both[0]?.call('emit', [names[0], i])
  await until(() => performance.now() - start > 2000, 'two seconds')
  const seconds = (performance.now() - start) / 1000

  expect(await other.call('ok')).toBe(1)
  expect(count).toBeLessThan(2 * 100 * (seconds + 2))
})

test('a listener that never reads costs a bounded queue, and learns what it missed', async () => {
  const box = await openBox()
  const extension = await box.install(pkg(GUEST, { permissions: events('host/tick') }))
  await extension.call('hoard', ['host/tick'])
  for (let i = 1; i <= 5000; i++) await box.events.emit('host/tick', i)
  const got = await extension.call('read', [500]) as [number, number][]
  const lost = got.reduce((sum, [, one]) => sum + one, 0)

  expect(lost).toBeGreaterThan(4000)
  expect(got.every(([value], index) => index === 0 || value > (got[index - 1]?.[0] ?? 0))).toBe(true)
  expect((got.at(-1)?.[0] ?? 0) - lost).toBe(500)
})

test('subscriptions have an end, which is the extension\'s own', async () => {
  const box = await openBox()
  const greedy = await box.install(pkg(GUEST, { permissions: events('host/tick') }))
  const other = await box.install(pkg(GUEST, { id: 'com.example.other', permissions: events('host/tick') }))

  expect(await greedy.call('subscribe', ['host/tick', 100])).toEqual({ 'fine': 64, 'too-many-handles': 36 })
  expect(await other.call('subscribe', ['host/tick', 1])).toEqual({ fine: 1 })
  await greedy.stop()
  expect(await greedy.call('subscribe', ['host/tick', 10])).toEqual({ fine: 10 })
})

test('sixty-four subscriptions to its own flood cost an extension its own pace, and the page nothing that others notice', async () => {
  const box = await openBox()
  const limits = limitsOf(box)
  const flooder = await box.install(pkg(GUEST, { permissions: events(OWN) }))
  const other = await box.install(pkg(GUEST, { id: 'com.example.other', permissions: events('host/tick') }))
  await other.call('hoard', ['host/tick'])
  await flooder.call('count', [OWN, 64])
  const started = performance.now()
  const flooding = flooder.call('flood', [OWN, 200, 60_000])
  const waits: number[] = []
  for (let i = 0; i < 20; i++) {
    const at = performance.now()
    await box.events.emit('host/tick', i)
    expect(await other.call('read', [1])).toEqual([[i, 0]])
    waits.push(performance.now() - at)
  }
  await flooding
  const heard = Number(await flooder.call('heard'))
  const seconds = (performance.now() - started) / 1000

  // One bucket at once, and its refill; each item counts its bytes and 8 KiB.
  expect(heard * (60_000 + 8192)).toBeLessThan(8 * 2 ** 20 * (seconds + 1) + 70_000)
  expect(heard).toBeGreaterThan(64)
  await expect.poll(() => limits.map(({ extension, limit }) => `${extension} ${limit}`)).toContain('com.example.test deliveredBytesPerSecond')
  expect(limits.some(({ extension }) => extension === 'com.example.other')).toBe(false)
  expect(waits.sort((a, b) => a - b)[10]).toBeLessThan(500)
})

test('names that reach for prototypes, or for capabilities of ours, find nothing', async () => {
  const permissions = [may('host:call', { capabilities: ['a.b'] }), may('data:read', { collections: ['notes'] })]
  const extension = await run(GUEST, { permissions })
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'a.__proto__', 'storage.get', 'http.fetch', 'a.b', 'toString']) {
    // Only who may use a capability learns that there is none.
    const refusal = name === 'a.b' ? 'invalid-argument' : 'permission-denied'
    expect([await extension.call('host', [name]), await extension.call('data', [name])], name).toEqual([refusal, 'permission-denied'])
  }
})
