import { beforeEach, describe, expect, test } from 'vitest'
import type { AuditQuery } from '../../../src/telemetry/audit-query.ts'
import type { AuditKind, AuditRow } from '../../../src/telemetry/audit-row.ts'
import { event, openHarness, type AuditHarness } from './audit-harness.ts'

const KINDS: readonly AuditKind[] = ['capability', 'grant', 'denial', 'limit', 'start']
const COUNT = 3000

describe('of 3 000 rows', () => {
  let harness: AuditHarness
  beforeEach(async () => {
    harness = openHarness()
    for (let i = 0; i < COUNT; i++) {
      const kind = KINDS[i % 5] ?? 'grant'
      harness.log.record(event({ kind, extension: `com.example.x${i % 7}`, outcome: i % 3 === 0 ? 'ok' : 'internal' }), 1000 + i)
      if (i % 137 === 0) await harness.log.flush()
    }
    await harness.log.flush()
  })

  async function all(query: AuditQuery): Promise<readonly AuditRow[]> {
    const rows: AuditRow[] = []
    for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined;) {
      const page = await harness.query({ ...query, before })
      rows.push(...page.rows)
      before = page.next
    }
    return rows
  }

  test.each([1, 99, 1000])('pages of %d hold every row once, newest first', async (limit) => {
    const rows = await all({ limit, ...(limit === 1 && { from: 3900 }) })

    const seqs = rows.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a))
    expect(rows.map(({ time }) => time).sort()).toEqual(Array.from({ length: limit === 1 ? 100 : COUNT }, (_, i) => (limit === 1 ? 3900 : 1000) + i))
  })

  test.each<readonly [string, AuditQuery, (row: AuditRow) => boolean]>([
    ['an extension', { extension: 'com.example.x3' }, (row) => row.extension === 'com.example.x3'],
    ['a kind', { kind: 'grant' }, (row) => row.kind === 'grant'],
    ['kinds', { kind: ['grant', 'denial'] }, (row) => row.kind === 'grant' || row.kind === 'denial'],
    ['an outcome', { outcome: 'internal' }, (row) => row.outcome === 'internal'],
    ['a time', { from: 1500, to: 1600 }, (row) => row.time >= 1500 && row.time < 1600],
    ['all of them', { extension: 'com.example.x1', kind: 'limit', outcome: 'ok', from: 2000 }, (row) =>
      row.extension === 'com.example.x1' && row.kind === 'limit' && row.outcome === 'ok' && row.time >= 2000],
    ['what never was', { extension: 'com.example.none' }, () => false],
  ])('those of %s are found, and no others', async (_name, query, isWanted) => {
    const expected = (await all({ limit: 1000 })).filter(isWanted)

    expect(await all({ ...query, limit: 10 })).toEqual(expected)
    expect(expected.length === 0).toBe(query.extension === 'com.example.none')
  })

  test('the export has all, oldest first, one a line', async () => {
    const lines = (await new Response(harness.export({})).text()).split('\n')

    expect(lines.pop()).toBe('')
    expect(lines.map((line) => (JSON.parse(line) as AuditRow).seq)).toEqual(Array.from({ length: COUNT }, (_, i) => i))
  })

  test('the export reads no more than is asked for', async () => {
    let reads = 0
    const { store } = harness
    const { exportRows } = await import('../../../src/telemetry/audit-query.ts')
    const reader = exportRows({ ...store, blocks: (...range) => (reads++, store.blocks(...range)) }, {}).getReader()

    await reader.read()
    await reader.cancel()

    expect(reads).toBe(1)
  })
})

describe('a filter that finds nothing', () => {
  test('looks at some rows a page, and says where to go on', async () => {
    const harness = openHarness()
    for (let i = 0; i < 25_000; i++) {
      harness.log.record(event({ kind: 'grant' }), 1)
      if (i % 5000 === 0) await harness.log.flush()
    }
    await harness.log.flush()

    expect(await harness.query({ kind: 'kill' })).toEqual({ rows: [], next: 5000 })
    expect(await harness.query({ kind: 'kill', before: 5000 })).toEqual({ rows: [], next: undefined })
  })
})
