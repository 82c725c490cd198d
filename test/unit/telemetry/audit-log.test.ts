import { describe, expect, test } from 'vitest'
import { createAuditStore } from '../../../src/cache/audit.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { PackageError } from '../../../src/errors.ts'
import { openAudit } from '../../../src/telemetry/audit-load.ts'
import type { AuditLog } from '../../../src/telemetry/audit-log.ts'
import { event, openHarness } from './audit-harness.ts'

describe('rows', () => {
  test('are written together after 100 ms', async () => {
    const { log, store, query, timers, tick } = openHarness()
    for (let i = 0; i < 3; i++) log.record(event({ method: `m.${i}` }), 1_000_000 + i)
    expect(await store.tail()).toBeUndefined()

    tick()
    await log.flush()

    expect(timers).toEqual([])
    expect(await store.blocks(0, 100)).toHaveLength(1)
    expect((await query({})).rows.map(({ seq, time, method }) => [seq, time, method])).toEqual([[2, 1_000_002, 'm.2'], [1, 1_000_001, 'm.1'], [0, 1_000_000, 'm.0']])
  })

  test('are written at once when there are 200', async () => {
    const { log, store } = openHarness()
    for (let i = 0; i < 200; i++) log.record(event(), 1)

    await log.flush()

    expect((await store.blocks(0, 1000)).length).toBe(1)
    expect((await store.tail())?.next).toBe(200)
  })

  test('that must be kept are on the disk when that is told, with those before them', async () => {
    const { log, store } = openHarness()
    log.record(event(), 1)

    await log.keep(event({ kind: 'grant', outcome: 'always' }), 2)

    expect((await store.tail())?.next).toBe(2)
  })

  test('that come while the store works are in the next batch, none is lost or doubled', async () => {
    const { log, query } = openHarness()
    const kept: Promise<void>[] = []
    for (let i = 0; i < 50; i++) {
      kept.push(log.keep(event({ kind: 'kill', outcome: `c-${i}` }), i))
      if (i % 7 === 0) await kept[0]
    }
    await Promise.all(kept)

    const { rows } = await query({ limit: 1000 })
    expect(rows.map(({ outcome }) => outcome).reverse()).toEqual(Array.from({ length: 50 }, (_, i) => `c-${i}`))
  })

  test('wait for a store that fails, and are written when it works again', async () => {
    const database = createMemoryDatabase()
    let isBroken = true
    const harness = openHarness({}, {
      ...database,
      run: (request, work) => (isBroken && request.mode === 'readwrite' ? Promise.reject(new PackageError('store-failed', 'full')) : database.run(request, work)),
      dispose: () => database.dispose(),
    })
    await harness.log.keep(event({ kind: 'grant' }), 1)
    expect(harness.timers).toEqual([1000])

    isBroken = false
    harness.tick()
    await harness.log.flush()

    expect((await harness.query({})).rows.map(({ kind }) => kind)).toEqual(['grant'])
  })

  test('beyond what may wait are counted and told as a loss', async () => {
    const database = createMemoryDatabase()
    let isBroken = true
    const harness = openHarness({}, {
      run: (request, work) => (isBroken && request.mode === 'readwrite' ? Promise.reject(new PackageError('store-failed', 'full')) : database.run(request, work)),
      dispose: () => database.dispose(),
    })
    for (let i = 0; i < 20_005; i++) harness.log.record(event({ extension: `com.example.x${i % 40}` }), 1)
    await harness.log.flush().catch(() => {})

    isBroken = false
    await harness.log.flush()
    await harness.log.flush()

    const { rows } = await harness.query({ limit: 1 })
    expect(rows[0]).toMatchObject({ kind: 'loss', count: 5, seq: 20_000 })
    expect(await harness.verify(undefined)).toMatchObject({ ok: true })
  })

  test('of two tabs are in one chain', async () => {
    const first = openHarness()
    const second = first.other()
    for (let i = 0; i < 10; i++) {
      await Promise.all([first.log.keep(event({ kind: 'kill', extension: 'com.example.a' }), i), second.log.keep(event({ kind: 'kill', extension: 'com.example.b' }), i)])
    }

    expect((await first.query({})).rows).toHaveLength(20)
    expect(await second.verify(undefined)).toMatchObject({ ok: true, head: { seq: 20 } })
  })
})

describe('the store', () => {
  test('is told to wait for the disk for rows that must be kept, and only for those', async () => {
    const { log, isStrict } = recording()
    log.record(event(), 1)
    await log.flush()
    await log.keep(event({ kind: 'grant' }), 2)
    log.record(event(), 3)
    await log.flush()

    expect(isStrict).toEqual([false, true, false])
  })

  test('is written under the lock of the log, one batch after the other', async () => {
    const { log, held, names } = recording()
    log.record(event(), 1)
    await Promise.all([log.flush(), log.keep(event({ kind: 'grant' }), 2), log.keep(event({ kind: 'grant' }), 3)])

    expect(new Set(names)).toEqual(new Set(['test']))
    expect(held.every((count) => count === 1)).toBe(true)
  })

  test('of a page that ends at any moment lacks the last batch at most', async () => {
    const harness = openHarness()
    for (let i = 0; i < 1150; i++) {
      harness.log.record(event({ extension: `com.example.x${i % 3}` }), i)
      if (i % 50 === 49) await Promise.resolve() // the page goes on
    }
    await harness.log.keep(event({ kind: 'grant' }), 1200)
    for (let i = 0; i < 199; i++) harness.log.record(event(), 1300 + i)

    // What another page finds: nobody has flushed, no timer has fired.
    expect((await harness.other().query({ kind: 'grant' })).rows).toHaveLength(1)
    expect((await harness.other().head()).seq).toBeGreaterThanOrEqual(1151)
  })
})

/** A log whose store and locks tell what they are asked for. */
function recording(): { readonly log: AuditLog, readonly isStrict: boolean[], readonly names: string[], readonly held: number[] } {
  const isStrict: boolean[] = []
  const names: string[] = []
  const held: number[] = []
  let holders = 0
  const store = createAuditStore(createMemoryDatabase())
  const request = async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    names.push(name)
    holders++
    return work().finally(() => holders--)
  }
  const { log } = openAudit({
    store: { ...store, append: (change) => {
      isStrict.push(change.isStrict)
      held.push(holders)
      return store.append(change)
    } },
    locks: { request } as Pick<LockManager, 'request'>, lockName: 'test', now: () => 1, retention: {}, setTimer: () => () => {},
  })
  return { log, isStrict, names, held }
}

describe('an extension that floods', () => {
  test('gets its share of rows and one that stands for the rest', async () => {
    const harness = openHarness()
    for (let i = 0; i < 5000; i++) harness.log.record(event({ duration: 1, bytesIn: 2 }), harness.time)
    harness.log.record(event({ extension: 'com.example.other' }), harness.time)

    await harness.log.flush()

    const mine = (await harness.query({ extension: 'com.example.a', limit: 1000 })).rows
    expect(mine[0]).toMatchObject({ count: 2980, method: 'storage.get', duration: 2980, bytesIn: 5960 })
    expect((await harness.store.tail())?.next).toBe(2000 + 20 + 2)
    expect((await harness.query({ extension: 'com.example.other' })).rows).toHaveLength(1)
  })

  test('with ever new names gets no more rows for them', async () => {
    const harness = openHarness()
    for (let i = 0; i < 4000; i++) harness.log.record(event({ outcome: `c-${i}` }), harness.time)

    await harness.log.flush()

    expect((await harness.store.tail())?.next).toBe(2000 + 20 + 16 + 1)
    const { rows } = await harness.query({ limit: 20 })
    expect(rows.reduce((sum, { count }) => sum + (count > 1 ? count : 0), 0)).toBe(2000 - 20 - 16)
  })

  test('cannot keep decisions out', async () => {
    const harness = openHarness()
    for (let i = 0; i < 3000; i++) harness.log.record(event(), harness.time)

    await harness.log.keep(event({ kind: 'revocation', outcome: 'revoked' }), harness.time)

    expect((await harness.query({ kind: 'revocation' })).rows).toHaveLength(1)
  })
})
