/** An extension that wants its traces gone: by calls without end, denied and allowed, it does not bury the log. */
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
