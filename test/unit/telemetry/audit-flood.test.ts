/** An extension that floods must hide nothing of its own in it. */
import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../../src/telemetry/audit-row.ts'
import { event, openHarness, type AuditHarness } from './audit-harness.ts'

const HOSTS = 40

/** Thousands of requests to ever new hosts, which fill the groups of every second. */
function flood({ log, time }: AuditHarness, count: number): void {
  for (let i = 0; i < count; i++) {
    const uses = [{ permission: 'http:read', scope: `GET https://x${i % HOSTS}.example` }]
    log.record(event({ method: 'http.fetch', outcome: 'permission-denied', uses }), time)
  }
}

const SENSITIVE: readonly (readonly [method: string, permission: string, scope: string])[] = [
  ['vault.get', 'vault:read', 'token'],
  ['clipboard.read', 'clipboard:read', ''],
  ['serial.open', 'serial:open', '2341:0043'],
  ['extension.call', 'extension:call', 'com.example.bank'],
  ['file.commit', 'file:write', 'private'],
]

function sensitive([method, permission, scope]: (typeof SENSITIVE)[number], fields: Partial<AuditEvent> = {}): AuditEvent {
  return event({ method, uses: [{ permission, scope }], ...fields })
}

describe.each(SENSITIVE)('%s in a flood of other calls', (...row) => {
  const [method, permission, scope] = row

  test('has rows of its own, with its scope and its time', async () => {
    const harness = openHarness()
    flood(harness, 5000)
    harness.log.record(sensitive(row), 1_000_007)
    harness.log.record(sensitive(row, { kind: 'denial', outcome: 'permission-denied' }), 1_000_008)

    await harness.log.flush()

    const { rows } = await harness.query({ kind: ['capability', 'denial'], limit: 1000 })
    expect(rows.filter((one) => one.uses[0]?.permission === permission)).toMatchObject([
      { kind: 'denial', time: 1_000_008, count: 1, uses: [{ permission, scope }] },
      { kind: 'capability', time: 1_000_007, count: 1, method, uses: [{ permission, scope }] },
    ])
  })

  test('keeps method and permission when it floods itself', async () => {
    const harness = openHarness()
    flood(harness, 5000)
    for (let i = 0; i < 100; i++) harness.log.record(sensitive([method, permission, `${scope}${i}`], { outcome: i === 50 ? 'internal' : 'ok' }), harness.time)

    await harness.log.flush()

    const { rows } = await harness.query({ kind: 'capability', limit: 1000 })
    const own = rows.filter((one) => one.method === method && one.uses[0]?.permission === permission)
    expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(100)
    expect(own.length).toBeLessThan(25)
    expect(rows.every((one) => one.method !== '')).toBe(true)
  })
})

test('more methods than there are groups for are told together, not one by one', async () => {
  const harness = openHarness()
  for (let i = 0; i < 8000; i++) harness.log.record(event({ method: `made.up${i}` }), harness.time)

  await harness.log.flush()

  const { rows } = await harness.query({ limit: 1000 })
  expect(rows[0]).toMatchObject({ method: '', kind: 'capability' })
  expect((await harness.head()).seq).toBeLessThan(2000 + 128 + 16 + 128 + 2)
})

test('outcomes that differ are mixed in one row', async () => {
  const harness = openHarness()
  flood(harness, 5000)
  for (let i = 0; i < 60; i++) harness.log.record(event({ method: 'x.y', outcome: i % 2 === 0 ? 'not-found' : 'internal' }), harness.time)

  await harness.log.flush()

  expect((await harness.query({ limit: 5 })).rows).toContainEqual(expect.objectContaining({ method: 'x.y', outcome: 'mixed', count: 40 }))
})

test('limits that are counted say which they are, and how often each was met', async () => {
  const harness = openHarness()
  const limits = ['httpRequestsPerMinute', 'eventsPerMinute', 'logBytesPerSecond']
  for (let i = 0; i < 3000; i++) {
    const limit = limits[i % 2] ?? ''
    harness.log.record(event({ kind: 'limit', method: '', outcome: 'rate-limit', facts: { limit, times: 3 } }), harness.time)
  }
  harness.log.record(event({ kind: 'limit', method: '', outcome: 'rate-limit', facts: { limit: 'logBytesPerSecond', times: 7 } }), harness.time)

  await harness.log.flush()

  const { rows } = await harness.query({ kind: 'limit', limit: 1000 })
  for (const [limit, times] of [['httpRequestsPerMinute', 4500], ['eventsPerMinute', 4500], ['logBytesPerSecond', 7]] as const) {
    const own = rows.filter(({ facts }) => facts?.['limit'] === limit)
    expect(own.reduce((sum, { facts }) => sum + Number(facts?.['times']), 0)).toBe(times)
  }
  expect(rows.find(({ facts }) => facts?.['limit'] === 'logBytesPerSecond')?.count).toBe(1)
})

test('what others make an extension do hides nothing that it does itself', async () => {
  const harness = openHarness()
  for (let i = 0; i < 3000; i++) harness.log.record(event({ kind: 'kill', method: '', outcome: 'crashed', facts: { onBehalfOf: `com.example.${i % 40}` } }), harness.time)
  for (let i = 0; i < 100; i++) harness.log.record(event({ kind: 'kill', method: '', outcome: 'crashed' }), harness.time)

  await harness.log.flush()

  const { rows } = await harness.query({ kind: 'kill', limit: 1000 })
  expect(rows.filter(({ facts }) => facts === undefined).map(({ count }) => count)).toEqual(Array.from({ length: 100 }, () => 1))
})

test('a flood of calls leaves denials their rows, and one of denials calls theirs', async () => {
  const harness = openHarness()
  flood(harness, 3000)
  for (let i = 0; i < 400; i++) harness.log.record(event({ kind: 'denial', outcome: 'permission-denied' }), harness.time)
  for (let i = 0; i < 1000; i++) harness.log.record(event({ kind: 'denial', outcome: 'permission-denied', extension: 'com.example.b' }), harness.time)
  for (let i = 0; i < 1000; i++) harness.log.record(event({ extension: 'com.example.b' }), harness.time)

  await harness.log.flush()

  const { rows } = await harness.query({ kind: 'denial', extension: 'com.example.a', limit: 1000 })
  expect(rows.every(({ count }) => count === 1)).toBe(true)
  expect((await harness.query({ kind: 'capability', extension: 'com.example.b', limit: 1000 })).rows).toHaveLength(1000)
})

test("a person's denials are not the extension's to count", async () => {
  const harness = openHarness()
  for (let i = 0; i < 1000; i++) harness.log.record(event({ kind: 'denial', outcome: 'permission-denied' }), harness.time)

  await harness.log.keep(event({ kind: 'denial', outcome: 'decided', facts: { by: 'user' } }), harness.time)

  expect((await harness.query({ outcome: 'decided' })).rows).toMatchObject([{ count: 1, facts: { by: 'user' } }])
})

test('what is written at once tells what was counted no sooner than in a second', async () => {
  const harness = openHarness()
  flood(harness, 3000)
  for (let i = 0; i < 100; i++) await harness.log.keep(event({ kind: 'limit', outcome: 'rate-limit' }), harness.time)

  expect((await harness.store.tail())?.next).toBe(2000 + 20 + 100)
  expect(harness.timers).toEqual([1000])
})

test('decisions wait for the store also when other rows fill its queue', async () => {
  const harness = openHarness()
  for (let i = 0; i < 25_000; i++) harness.log.record(event({ extension: `com.example.x${i % 40}` }), harness.time)

  await harness.log.keep(event({ kind: 'grant', outcome: 'always' }), harness.time)

  expect((await harness.query({ kind: 'grant' })).rows).toHaveLength(1)
})
