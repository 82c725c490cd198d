import { expect, it } from 'vitest'
import { LimitReports } from '../../../src/host/limit-reports.ts'

it('reports each limit at once, then once a second with what was met meanwhile', () => {
  const reports = new LimitReports()
  const counts = [['a', 0], ['a', 1], ['b', 2], ['a', 999], ['a', 1000], ['a', 1001], ['a', 5000]] as const

  expect(counts.map(([name, now]) => reports.count(name, now))).toEqual([1, 0, 1, 0, 3, 0, 2])
})
