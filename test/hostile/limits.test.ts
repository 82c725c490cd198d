/** Floods of each kind: the guest gets an error it can handle, the app an event a second, and other extensions go on. */
import type { Extension, Glovebox } from 'glovebox'
import { expect, inject, test } from 'vitest'
import { limitsOf, logsOf, openBox, pkg } from '../browser/box-harness.ts'

const { origin } = inject('server')

const FLOOD = `
  const count = async (work) => {
    const codes = {}
    await Promise.all(Array.from({ length: 400 }, async (_, i) => {
      const code = await work(i).then(() => 'ok', (error) => error.code)
      codes[code] = (codes[code] ?? 0) + 1
    }))
    return codes
  }
  export const calls = () => count(() => glovebox.permissions.query('http:read'))
  export const requests = (url) => count(() => fetch(url))
  export const sent = (url) => count((i) => fetch(url + '?' + i, { method: 'POST', body: 'x'.repeat(1000) }))
  export const received = (url) => count(async () => (await fetch(url)).text())
  export const stored = () => count((i) => glovebox.storage.set('k' + i, 'x'.repeat(100)))
  export const events = () => count((i) => glovebox.events.emit('com.example.flood/x', i))
  export const lines = () => { for (let i = 0; i < 400; i++) console.log('x'.repeat(4000)) }
  export const inTurn = async () => { for (let i = 0; i < 400; i++) await glovebox.permissions.query('http:read').catch(() => {}) }
  export const alive = () => 'alive'
`

const PERMISSIONS = [
  { name: 'http:read', scope: { origins: [origin] }, reason: 'to test' },
  { name: 'http:write', scope: { origins: [origin] }, reason: 'to test' },
  { name: 'storage:write', scope: { prefixes: [''] }, reason: 'to test' },
  { name: 'event:emit', scope: { events: ['com.example.flood/x'] }, reason: 'to test' },
]

const WISHES = { httpPerMinute: 1000, pendingCapabilityCalls: 1000 }

async function open(limits: Record<string, number>): Promise<{ box: Glovebox, flood: Extension, other: Extension }> {
  const box = await openBox({ limits: { ...WISHES, ...limits } })
  const other = await box.install(pkg('export const alive = () => "alive"', { id: 'com.example.other' }))
  const flood = await box.install(pkg(FLOOD, { id: 'com.example.flood', permissions: PERMISSIONS, limits: WISHES }))
  return { box, flood, other }
}

test.each([
  ['calls', { capabilityCallsPerMinute: 50 }, 'rate-limit', 'capabilityCallsPerMinute'],
  ['requests', { httpPerMinute: 20 }, 'rate-limit', 'httpPerMinute'],
  ['sent', { httpSentBytesPerMinute: 10_000 }, 'rate-limit', 'httpSentBytesPerMinute'],
  ['received', { httpBytesPerMinute: 20_000 }, 'rate-limit', 'httpBytesPerMinute'],
  ['stored', { storageBytes: 5000 }, 'quota-exceeded', 'storageBytes'],
  ['events', { eventsPerSecond: 10 }, 'rate-limit', 'eventsPerSecond'],
] as const)('%s', async (name, limits, code, limit) => {
  const { box, flood, other } = await open(limits)
  const told = limitsOf(box)
  const startedAt = performance.now()
  const codes = (await flood.call(name, [`${origin}${name === 'received' ? '/bytes?n=5000' : '/status'}`])) as Record<string, number>
  const seconds = Math.ceil((performance.now() - startedAt) / 1000)

  expect(codes['ok']).toBeGreaterThan(0)
  expect(codes[code]).toBeGreaterThan(100)
  expect((codes['ok'] ?? 0) + (codes[code] ?? 0)).toBe(400)
  expect(told[0]).toMatchObject({ extension: 'com.example.flood', code, limit })
  expect(told.length, 'events').toBeLessThanOrEqual(seconds + 1)
  expect((await flood.usage())[limit]?.refused).toBe(codes[code])
  expect([await flood.call('alive'), await other.call('alive')]).toEqual(['alive', 'alive'])
  // The log has a row a second, not one for each: it is not the next thing to be flooded.
  const { rows } = await box.audit.query({ kind: 'limit' })
  expect(rows.length).toBe(told.length)
})

test('lines of log', async () => {
  const { box, flood, other } = await open({ logBytesPerSecond: 50_000 })
  const told = limitsOf(box)
  const lines = logsOf(box)
  await flood.call('lines')
  await flood.call('alive')

  expect(lines.length).toBeLessThan(40)
  expect(await other.call('alive')).toBe('alive')
  expect(told.length).toBeLessThanOrEqual(2)
})

test('one call after the other is held as well', async () => {
  const { flood } = await open({ capabilityCallsPerMinute: 50 })
  await flood.call('inTurn')

  expect((await flood.usage()).capabilityCallsPerMinute?.refused).toBeGreaterThan(300)
})
