import { describe, expect, test } from 'vitest'
import type { Key, Table } from '../../../src/cache/database.ts'
import { AuditChain } from '../../../src/telemetry/audit-chain.ts'
import { encodeRow } from '../../../src/telemetry/audit-row.ts'
import { event, openHarness, type AuditHarness } from './audit-harness.ts'

/** Five blocks of two rows. */
async function filled(): Promise<AuditHarness> {
  const harness = openHarness()
  for (let i = 0; i < 5; i++) await add(harness, i)
  return harness
}

async function add({ log }: AuditHarness, i: number): Promise<void> {
  log.record(event({ kind: 'limit', method: `m.${i}`, outcome: 'rate-limit' }), i)
  await log.keep(event({ kind: 'kill', outcome: 'crashed' }), i)
}

function change({ database }: AuditHarness, work: (table: Table) => Promise<void>): Promise<void> {
  return database.run({ tables: ['audit'], mode: 'readwrite' }, (table) => work(table('audit')))
}

const block = (first: number): Key => ['block', String(first).padStart(16, '0')]

interface Kept {
  text: string
  previous: string
  mac: string
}

async function get(table: Table, first: number): Promise<Kept> {
  return (await table.get(block(first))) as Kept
}

describe('a log', () => {
  test('that nobody touched is in order, also when it is empty', async () => {
    expect(await openHarness().verify(undefined)).toMatchObject({ ok: true, head: { seq: 0 } })

    const harness = await filled()
    expect(await harness.verify(undefined)).toEqual({ ok: true, first: 0, head: await harness.head() })
  })

  test.each<readonly [string, (table: Table) => Promise<void>, object]>([
    ['a changed row', async (table) => {
      const kept = await get(table, 4)
      await table.put(block(4), { ...kept, text: kept.text.replace('crashed', 'removed') })
    }, { problem: 'changed', seq: 4 }],
    ['a removed row', async (table) => {
      const kept = await get(table, 4)
      await table.put(block(4), { ...kept, text: kept.text.split('\n')[0] })
    }, { problem: 'changed', seq: 4 }],
    ['rows in another order', async (table) => {
      const kept = await get(table, 4)
      await table.put(block(4), { ...kept, text: kept.text.split('\n').reverse().join('\n') })
    }, { problem: 'changed', seq: 4 }],
    ['two batches exchanged', async (table) => {
      const [one, other] = [await get(table, 2), await get(table, 6)]
      await table.put(block(2), other)
      await table.put(block(6), one)
    }, { problem: 'changed', seq: 2 }],
    ['a row that follows another one than it did', async (table) => {
      const [one, other] = [await get(table, 4), await get(table, 8)]
      await table.put(block(8), { ...other, previous: one.previous })
    }, { problem: 'changed', seq: 8 }],
    ['a removed batch', (table) => table.delete(block(4)), { problem: 'removed', seq: 4 }],
    ['the last batch removed', (table) => table.delete(block(8)), { problem: 'removed', seq: 8 }],
    ['the first batch removed', (table) => table.delete(block(0)), { problem: 'removed', seq: 0 }],
    ['the first batch removed, as if retention had', async (table) => {
      await table.delete(block(0))
      await table.put(['tail', ''], { ...(await table.get(['tail', '']) as object), first: 2 })
    }, { problem: 'removed', seq: 0 }],
    ['a tail that begins later', async (table) => table.put(['tail', ''], { ...(await table.get(['tail', '']) as object), first: 4 }), { problem: 'changed', seq: 4 }],
    ['a row that was put in', async (table) => {
      const kept = await get(table, 8)
      await table.put(block(8), { ...kept, text: `${kept.text}\n${kept.text}` })
    }, { problem: 'changed', seq: 8 }],
    ['a block that is nothing', (table) => table.put(block(2), 7), { problem: 'changed', seq: 2 }],
    ['the tail gone', (table) => table.delete(['tail', '']), { problem: 'removed', seq: 0 }],
    ['a tail that tells of fewer rows', async (table) => table.put(['tail', ''], { ...(await table.get(['tail', '']) as object), next: 8 }), { problem: 'removed', seq: 8 }],
    ['everything gone but the tail', async (table) => {
      for (const first of [0, 2, 4, 6, 8]) await table.delete(block(first))
    }, { problem: 'removed', seq: 0 }],
  ])('with %s says so', async (_name, damage, verdict) => {
    const harness = await filled()
    await change(harness, damage)

    expect(await harness.verify(undefined)).toEqual({ ok: false, ...verdict })
  })

  test('signed with another key says so', async () => {
    const harness = await filled()
    const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    await change(harness, (table) => table.put(['key', ''], key))

    expect(await harness.other().verify(undefined)).toEqual({ ok: false, problem: 'changed', seq: 0 })
  })

  test('does not believe an anchor that tells of rows after it', async () => {
    const harness = await filled()
    const { seq: first, mac: previous } = await harness.head()
    const text = encodeRow(event({ kind: 'anchor', outcome: 'age' }), { time: 9, count: 1, gaps: [{ from: 0, to: 1000 }] })
    const mac = await (await AuditChain.open(harness.store)).sign(previous, first, text)
    await change(harness, async (table) => {
      await table.put(block(first), { text, previous, mac })
      await table.put(['tail', ''], { ...(await table.get(['tail', '']) as object), next: first + 1, mac })
    })
    const other = harness.other()
    for (let i = 0; i < 3; i++) await other.log.keep(event({ kind: 'grant', outcome: 'always' }), 9)
    expect(await other.verify(undefined)).toMatchObject({ ok: true })

    await change(harness, (table) => table.delete(block(first + 2)))

    expect(await other.verify(undefined)).toEqual({ ok: false, problem: 'removed', seq: first + 2 })
  })

  test.each<readonly [string, () => Promise<unknown>]>([
    ['cannot sign', () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])],
    ['others can read out', () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])],
  ])('goes on with a key of its own where somebody put one that %s, and says so', async (_name, make) => {
    const harness = await filled()
    const key = await make()
    await change(harness, (table) => table.put(['key', ''], key))

    const other = harness.other()
    await other.log.keep(event({ kind: 'grant', outcome: 'always' }), 9)

    expect((await other.query({ kind: 'grant' })).rows).toHaveLength(1)
    expect(await harness.store.keepKey(key as CryptoKey)).not.toBe(key)
    expect(await other.verify(undefined)).toEqual({ ok: false, problem: 'changed', seq: 0 })
  })

  test('goes on after its damaged end without writing over anything', async () => {
    const harness = await filled()
    await change(harness, (table) => table.delete(['tail', '']))

    const other = harness.other()
    await other.log.keep(event({ kind: 'kill', outcome: 'later' }), 9)

    expect((await other.query({})).rows.map(({ seq }) => seq)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect(await other.verify(undefined)).toMatchObject({ ok: true })
  })
})

describe('a tail that was cut off', () => {
  test('is seen with a head that was kept elsewhere, and only then', async () => {
    const harness = await filled()
    const before = await harness.store.tail()
    await add(harness, 5)
    const head = await harness.head()
    await change(harness, async (table) => {
      await table.delete(block(10))
      await table.put(['tail', ''], before)
    })

    const other = harness.other()
    expect(await other.verify(undefined)).toMatchObject({ ok: true })
    expect(await other.verify(head)).toEqual({ ok: false, problem: 'cut', seq: 10 })
    await other.log.keep(event({ kind: 'kill', outcome: 'in-its-place' }), 9)
    await other.log.keep(event({ kind: 'kill', outcome: 'in-its-place' }), 9)
    expect(await other.verify(head)).toEqual({ ok: false, problem: 'cut', seq: 12 })
  })

  test('is not claimed of a log that went on', async () => {
    const harness = await filled()
    const head = await harness.head()
    await add(harness, 5)

    expect(await harness.verify(head)).toMatchObject({ ok: true })
  })
})
