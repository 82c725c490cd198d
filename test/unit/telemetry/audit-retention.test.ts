import { describe, expect, test } from 'vitest'
import { event, openHarness, type AuditHarness } from './audit-harness.ts'

const DAY = 86_400_000

async function add(harness: AuditHarness, rows: number, days: number): Promise<void> {
  harness.time = days * DAY
  for (let i = 0; i < rows; i++) harness.log.record(event({ kind: 'grant', outcome: `d-${days}` }), harness.time)
  await harness.log.flush()
}

describe('retention', () => {
  test('drops rows that are too old, says so, and the chain holds', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    for (const day of [1, 2, 3]) await add(harness, 3, day)

    await add(harness, 1, 13)

    const { rows } = await harness.query({})
    expect(rows.map(({ seq, kind, outcome, count }) => [seq, kind, outcome, count])).toEqual([
      [10, 'anchor', 'age', 6], [9, 'grant', 'd-13', 1], [8, 'grant', 'd-3', 1], [7, 'grant', 'd-3', 1], [6, 'grant', 'd-3', 1],
    ])
    expect(rows[0]?.anchor?.first).toBe(6)
    expect(await harness.verify(undefined)).toMatchObject({ ok: true, first: 6, head: { seq: 11 } })
  })

  test('drops the oldest when the log is full, and leaves room for the next', async () => {
    const harness = openHarness({ maxBytes: 50_000 })
    for (let day = 1; day <= 60; day++) await add(harness, 10, day)

    const tail = await harness.store.tail()
    expect(tail?.size).toBeLessThanOrEqual(52_000)
    expect(tail?.size).toBeGreaterThan(35_000)
    expect(await harness.verify(undefined)).toMatchObject({ ok: true })
    const anchors = (await harness.query({ kind: 'anchor', limit: 1000 })).rows
    expect(anchors.length).toBeGreaterThan(0)
    expect(anchors.length).toBeLessThan(30)
  })

  test('holds again and again, for another tab and with a kept head, too', async () => {
    const harness = openHarness({ maxBytes: 20_000 })
    await add(harness, 10, 1)
    const early = await harness.head()
    for (let day = 2; day <= 40; day++) await add(harness, 10, day)
    const late = await harness.head()

    expect(await harness.other().verify(early)).toMatchObject({ ok: true })
    expect(await harness.other().verify(late)).toMatchObject({ ok: true })
  })

  test('is seen through: rows dropped by others do not pass for dropped by it', async () => {
    const harness = openHarness({ maxBytes: 20_000 })
    for (let day = 1; day <= 40; day++) await add(harness, 10, day)
    const tail = await harness.store.tail()
    const first = (tail?.first ?? 0)
    const [oldest] = await harness.store.blocks(first, first + 1)
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, async (table) => {
      await table('audit').delete(['block', String(oldest?.first).padStart(16, '0')])
      await table('audit').put(['tail', ''], { ...tail, first: first + 10 })
    })

    expect(await harness.other().verify(undefined)).toEqual({ ok: false, problem: 'removed', seq: 0 })
  })
})
