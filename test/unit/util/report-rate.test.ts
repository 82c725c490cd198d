import { expect, it } from 'vitest'
import { ReportRate } from '../../../src/util/report-rate.ts'

it('reports each limit at once, then once a second with what was met meanwhile', () => {
  const reports = new ReportRate()
  const counts = [['a', 0], ['a', 1], ['b', 2], ['a', 999], ['a', 1000], ['a', 1001], ['a', 5000]] as const

  expect(counts.map(([name, now]) => reports.count(name, now))).toEqual([1, 0, 1, 0, 3, 0, 2])
})

it('adds up what is told of several at once', () => {
  const reports = new ReportRate()

  expect([reports.count('a', 0, 5), reports.count('a', 10, 7), reports.count('a', 1000, 2)]).toEqual([5, 0, 9])
})
