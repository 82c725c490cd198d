/** An extension that wants its traces gone: by calls without end, denied and allowed, it does not bury the log. */
import type { AuditPage, AuditRow } from 'glovebox'
import { expect, test } from 'vitest'
import { openBox, pkg } from '../browser/box-harness.ts'

const CODE = `
  export const flood = async (count) => {
    let refused = 0
    for (let i = 0; i < count; i += 100) {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, j) =>
        glovebox.storage.get(j % 2 === 0 ? 'notes/a' : 'other/' + i + j).then(() => 'ok', (error) => error.code)))
      refused += answers.filter((answer) => answer !== 'ok').length
    }
    return refused
  }
`
const permissions = [{ name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to test' }]
const CALLS = 6000

test('a flood of calls leaves what was before it, counts itself, and the chain holds', async () => {
  const box = await openBox({ store: 'indexeddb' })
  const extension = await box.install(pkg(CODE, { permissions }))

  expect(await extension.call('flood', [CALLS])).toBe(CALLS / 2)

  const { rows: before } = await box.audit.query({ kind: ['install', 'grant'] })
  expect(before.map(({ kind }) => kind)).toEqual(['install', 'grant'])
  const count = async (kind: 'capability' | 'denial'): Promise<number> => {
    let sum = 0
    for (let page: number | undefined = Number.MAX_SAFE_INTEGER; page !== undefined;) {
      const { rows, next } = await box.audit.query({ kind, limit: 1000, before: page })
      sum += rows.reduce((total, row) => total + row.count, 0)
      page = next
    }
    return sum
  }
  expect(await count('capability')).toBe(CALLS)
  expect(await count('denial')).toBe(CALLS / 2)
  const { seq } = await box.audit.head()
  expect(seq).toBeLessThan(3500)
  expect(await box.audit.verify()).toMatchObject({ ok: true })
})

test('what is done in a flood is not hidden in it, nor are the rows of others', async () => {
  const box = await openBox({ store: 'indexeddb', audit: { maxBytes: 400_000 } })
  const quiet = await box.install(pkg(CODE, { id: 'com.example.quiet', permissions }))
  await quiet.call('flood', [100])
  const noisy = [...permissions, { name: 'vault:read', scope: { secrets: ['token'] }, reason: 'to test' }]
  const loud = await box.install(pkg(`
    const many = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i).catch(() => {})))
    export const hide = async () => {
      for (let round = 0; round < 40; round++) await many(100, (i) => fetch('https://x' + i + '.denied.test/'))
      await glovebox.vault.get('token').catch(() => {})
      for (let round = 0; round < 5; round++) await many(100, (i) => fetch('https://x' + i + '.denied.test/'))
    }
  `, { id: 'com.example.loud', permissions: noisy }))

  await loud.call('hide')

  const all = async (query: object): Promise<readonly AuditRow[]> => {
    const found: AuditRow[] = []
    for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined;) {
      const page: AuditPage = await box.audit.query({ ...query, limit: 1000, before })
      found.push(...page.rows)
      before = page.next
    }
    return found
  }
  const read = (await all({ extension: loud.id, kind: 'capability' })).filter(({ method }) => method === 'vault.get')
  expect(read).toMatchObject([{ count: 1, uses: [{ permission: 'vault:read', scope: 'token' }] }])
  expect((await all({ extension: quiet.id, kind: 'capability' })).length).toBe(100)
  expect((await all({ kind: ['install', 'grant'] })).map(({ extension }) => extension).sort()).toEqual([
    loud.id, loud.id, loud.id, quiet.id, quiet.id,
  ])
  expect((await all({ kind: 'anchor' })).length).toBe(1)
  expect(await box.audit.verify()).toMatchObject({ ok: true })
})
