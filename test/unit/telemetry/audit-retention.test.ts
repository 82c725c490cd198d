import { describe, expect, test } from 'vitest'
import type { AuditEvent, AuditRow } from '../../../src/telemetry/audit-row.ts'
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
    expect(rows[0]?.gaps).toEqual([{ from: 0, to: 6 }])
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
    const first = tail?.first ?? 0
    await drop(harness, first)
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, (table) => table('audit').put(['tail', ''], { ...tail, first: first + 10 }))

    expect(await harness.other().verify(undefined)).toEqual({ ok: false, problem: 'removed', seq: first })
  })
})

/** Rows of everybody, then a flood of one extension's that is larger than the log may be. */
async function flooded(flood: Partial<AuditEvent>): Promise<{ readonly harness: AuditHarness; readonly before: readonly AuditRow[] }> {
  const harness = openHarness({ maxBytes: 120_000 })
  const kinds = ['grant', 'revocation', 'install', 'update', 'uninstall', 'denial', 'limit', 'kill', 'capability'] as const
  for (const extension of ['com.example.a', 'com.example.b']) {
    for (const kind of kinds) await record(harness, { kind, extension, outcome: kind === 'denial' ? 'decided' : 'ok' })
  }
  const before = (await harness.query({ limit: 1000 })).rows.filter(({ extension, kind }) => extension === 'com.example.b' || !['limit', 'kill', 'capability'].includes(kind))
  for (let round = 0; round < 60; round++) {
    harness.time += 1000
    for (let i = 0; i < 10; i++) harness.log.record(event({ extension: 'com.example.a', ...flood }), harness.time)
    await record(harness, { extension: 'com.example.b', method: `quiet.${round}` })
  }
  return { harness, before }
}

async function record(harness: AuditHarness, fields: Partial<AuditEvent>): Promise<void> {
  harness.log.record(event(fields), harness.time)
  await harness.log.flush()
}

async function drop({ database }: AuditHarness, first: number): Promise<void> {
  await database.run({ tables: ['audit'], mode: 'readwrite' }, (table) => table('audit').delete(['block', String(first).padStart(16, '0')]))
}

describe.each<readonly [string, Partial<AuditEvent>]>([
  ['calls', {}],
  ['denials', { kind: 'denial', outcome: 'permission-denied' }],
  ['limits', { kind: 'limit', outcome: 'rate-limit' }],
])('a log that one extension fills with %s', (_name, flood) => {
  test('keeps every decision, and all rows of the others', async () => {
    const { harness, before } = await flooded(flood)

    const { rows } = await harness.query({ limit: 1000 })
    const seqs = new Set(rows.map(({ seq }) => seq))
    expect(before.filter(({ seq }) => !seqs.has(seq))).toEqual([])
    expect(rows.filter(({ method }) => method.startsWith('quiet.'))).toHaveLength(60)
    expect(rows.length).toBeLessThan(500)
    expect((await harness.store.tail())?.size).toBeLessThanOrEqual(120_000)
    expect((await harness.query({ kind: 'anchor' })).rows).toHaveLength(1)
  })

  test('is in order, also for another tab, and reads whole over its gaps', async () => {
    const { harness } = await flooded(flood)
    const early = await harness.head()
    await record(harness, { extension: 'com.example.b' })

    expect(await harness.other().verify(early)).toMatchObject({ ok: true, first: 0 })
    const { rows } = await harness.query({ limit: 1000 })
    const exported = (await new Response(harness.export({})).text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as AuditRow).seq)
    expect(exported.toReversed()).toEqual(rows.map(({ seq }) => seq))
    const [{ gaps = [] } = {}] = (await harness.query({ kind: 'anchor' })).rows
    const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0)
    expect(missing + rows.length).toBe((await harness.head()).seq)
  })

  test('tells of what somebody else took out between what retention did', async () => {
    const { harness } = await flooded(flood)
    const [{ gaps = [] } = {}] = (await harness.query({ kind: 'anchor' })).rows
    const [gap] = gaps
    expect(gaps.length).toBeGreaterThan(1)

    await drop(harness, gap?.to ?? 0)

    expect(await harness.other().verify(undefined)).toEqual({ ok: false, problem: 'removed', seq: gap?.to })
  })

  test('tells that its end was cut off with the anchor', async () => {
    const { harness } = await flooded(flood)
    const [{ seq = 0 } = {}] = (await harness.query({ kind: 'anchor' })).rows
    for (const first of await harness.store.firsts(seq, Number.MAX_SAFE_INTEGER)) await drop(harness, first)

    expect(await harness.other().verify(undefined)).toMatchObject({ ok: false, problem: 'removed' })
  })
})

describe('what somebody wrote into the database', () => {
  test('does not make retention drop a decision in good order', async () => {
    const harness = openHarness({ maxBytes: 20_000 })
    await record(harness, { kind: 'grant', outcome: 'always' })
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, async (table) => {
      const kept = await table('audit').get(['block', '0'.repeat(16)]) as { text: string }
      await table('audit').put(['block', '0'.repeat(16)], { ...kept, text: kept.text.replace('"grant"', '"capability"') })
    })
    for (let i = 0; i < 200; i++) await record(harness, {})

    expect((await harness.query({ kind: 'anchor' })).rows).toHaveLength(1)
    expect(await harness.verify(undefined)).toEqual({ ok: false, problem: 'changed', seq: 0 })
  })

  /** Some of it does not hold; whoever writes has no key. */
  async function rewrite(harness: AuditHarness, first: number, change: (text: string) => string): Promise<void> {
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, async (table) => {
      const key = ['block', String(first).padStart(16, '0')] as const
      const kept = await table('audit').get(key) as { text: string }
      await table('audit').put(key, { ...kept, text: change(kept.text) })
    })
  }

  async function rewriteTail(harness: AuditHarness, fields: object): Promise<void> {
    const tail = await harness.store.tail()
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, (table) => table('audit').put(['tail', ''], { ...tail, ...fields }))
  }

  test('as the length of a block takes no other block with it, now or later', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    for (const day of [1, 2, 10]) await add(harness, 3, day)
    const head = await harness.head()
    await rewrite(harness, 0, () => '\n'.repeat(1_000_000))

    await add(harness, 1, 13)

    expect((await harness.query({ kind: 'grant' })).rows.map(({ outcome }) => outcome)).toEqual(['d-13', 'd-10', 'd-10', 'd-10'])
    expect((await harness.query({ kind: 'anchor' })).rows[0]?.gaps).toEqual([{ from: 0, to: 6 }])
    expect(await harness.verify(head)).toMatchObject({ ok: true })
    const { seq } = await harness.head()
    await add(harness, 1, 14)
    await add(harness, 1, 15)
    await drop(harness, seq)
    expect(await harness.verify(undefined)).toEqual({ ok: false, problem: 'removed', seq })
  })

  test('as the end of the log does not make an anchor tell of rows that are still to come', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    for (const day of [1, 2, 3]) await add(harness, 3, day)
    await rewriteTail(harness, { next: 2, mac: '0'.repeat(64) })

    const other = harness.other()
    harness.time = 14 * DAY
    await other.log.keep(event({ kind: 'grant', outcome: 'always' }), harness.time)
    harness.time = 25 * DAY
    await other.log.keep(event({ kind: 'install' }), harness.time)

    const [{ gaps = [], seq = 0 } = {}] = (await other.query({ kind: 'anchor' })).rows
    expect(gaps.every(({ to }) => to <= seq)).toBe(true)
  })

  test('as two blocks of the same rows does not drop the later with the earlier', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    await add(harness, 6, 1)
    await rewriteTail(harness, { next: 3 })
    const other = harness.other()
    harness.time = 9 * DAY
    await other.log.keep(event({ kind: 'grant', outcome: 'always' }), harness.time)

    harness.time = 12 * DAY
    await other.log.keep(event({ kind: 'install' }), harness.time)

    expect((await other.query({ kind: 'grant' })).rows.map(({ outcome }) => outcome)).toContain('always')
  })

  test('as the beginning of the log does not keep what is too old', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    for (const day of [1, 2]) await add(harness, 3, day)
    await rewriteTail(harness, { first: 5 })

    await harness.other().log.keep(event({ kind: 'install' }), (harness.time = 13 * DAY))

    expect(await harness.store.firsts(0, 6)).toEqual([])
  })

  test('under names that are no numbers hides no block from it', async () => {
    const harness = openHarness({ maxAgeMs: 10 * DAY })
    for (const day of [1, 13]) await add(harness, 3, day)
    expect((await harness.store.firsts(0, 100))[0]).toBe(3)
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, async (table) => {
      for (let at = 0; at < 2000; at++) await table('audit').put(['block', `0000000000000001x${at}`], 7)
    })
    expect(await harness.other().verify(undefined)).toMatchObject({ ok: true })

    await harness.other().log.keep(event({ kind: 'install' }), (harness.time = 30 * DAY))

    expect((await harness.query({})).rows.map(({ kind }) => kind)).toEqual(['anchor', 'install'])
    expect(await harness.other().verify(undefined)).toMatchObject({ ok: true })
  })

  test('until it fills the log pushes out no decision, is gone in the end, and is told of still', async () => {
    const harness = openHarness({ maxBytes: 40_000 })
    for (let i = 0; i < 60; i++) await record(harness, {})
    for (const first of await harness.store.firsts(0, 60)) await rewrite(harness, first, (text) => `${text} `.repeat(2))
    await rewriteTail(harness, { size: 2 ** 30 })

    const other = harness.other()
    await record(harness, { kind: 'install' })
    for (let i = 0; i < 40; i++) await other.log.keep(event({ kind: 'grant', outcome: `g-${i}` }), harness.time)

    expect((await other.query({ kind: 'grant', limit: 1000 })).rows).toHaveLength(40)
    expect((await harness.store.tail())?.size).toBeLessThanOrEqual(40_000)
    expect(await other.verify(undefined)).toMatchObject({ ok: false })
    for (let i = 0; i < 60; i++) await other.log.keep(event({ kind: 'grant', outcome: `h-${i}` }), harness.time)
    expect(await other.verify(undefined)).toEqual({ ok: false, problem: 'removed', seq: 0 })
  })

  test('about the size of the log drops nothing', async () => {
    const harness = openHarness()
    await record(harness, { kind: 'grant', outcome: 'always' })
    await record(harness, {})
    const tail = await harness.store.tail()
    await harness.database.run({ tables: ['audit'], mode: 'readwrite' }, (table) => table('audit').put(['tail', ''], { ...tail, size: 2 ** 40 }))

    const other = harness.other()
    other.log.record(event(), harness.time)
    await other.log.flush()

    expect((await other.query({})).rows.map(({ kind }) => kind)).toEqual(['capability', 'capability', 'grant'])
    expect((await harness.store.tail())?.size).toBeLessThan(2000)
  })
})

test('decisions alone that are too many go oldest first, of whoever has most', async () => {
  const harness = openHarness({ maxBytes: 20_000 })
  await record(harness, { kind: 'install', extension: 'com.example.quiet' })
  for (let i = 0; i < 100; i++) await record(harness, { kind: 'grant', outcome: `g-${i}` })

  const { rows } = await harness.query({ limit: 1000 })
  expect(rows.at(-1)).toMatchObject({ kind: 'install', extension: 'com.example.quiet' })
  expect(rows.find(({ kind }) => kind === 'grant')?.outcome).toBe('g-99')
  expect(rows.length).toBeLessThan(60)
  expect(await harness.verify(undefined)).toMatchObject({ ok: true, first: 0 })
})

test('of one who has decisions only nothing goes for the calls of others', async () => {
  const harness = openHarness({ maxBytes: 40_000 })
  for (let i = 0; i < 60; i++) await record(harness, { kind: 'grant', outcome: 'always' })
  for (let i = 0; i < 100; i++) await record(harness, { extension: 'com.example.b' })

  expect((await harness.query({ kind: 'grant', limit: 1000 })).rows).toHaveLength(60)
  expect((await harness.query({ kind: 'capability', limit: 1000 })).rows.length).toBeLessThan(40)
  expect(await harness.verify(undefined)).toMatchObject({ ok: true, first: 0 })
})

test('a log that cannot be made small enough is not read anew for every row', async () => {
  const harness = openHarness({ maxBytes: 10 })
  let reads = 0
  const { blocks } = harness.store
  Object.assign(harness.store, { blocks: (from: number, to: number) => (reads++, blocks(from, to)) })
  await record(harness, {})
  const before = reads

  for (let i = 0; i < 20; i++) await record(harness, {})

  expect(reads - before).toBeLessThan(5)
  harness.time += 10_000
  await record(harness, {})
  expect((await harness.query({})).rows.length).toBeLessThan(5)
})
