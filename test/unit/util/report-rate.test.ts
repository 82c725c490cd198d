import { expect, it } from 'vitest'
import { ReportRate } from '../../../src/util/report-rate.ts'
import { FakeClock } from '../permission/harness.ts'

function open(): { readonly rate: ReportRate<string>; readonly clock: FakeClock; readonly told: [string, number][] } {
  const [clock, told]: [FakeClock, [string, number][]] = [new FakeClock(), []]
  return { clock, told, rate: new ReportRate({ setTimer: clock.setTimer, report: (name, times) => told.push([name, times]) }) }
}

it('reports each name at once, and what it met in the second after that when that is over', () => {
  const { rate, clock, told } = open()
  rate.met('a')
  rate.met('a')
  rate.met('b', 5)
  rate.met('a', 7)
  expect(told).toEqual([['a', 1], ['b', 5]])

  clock.pass(1000)
  expect(told).toEqual([['a', 1], ['b', 5], ['a', 8]])
  rate.met('a')
  expect(told).toHaveLength(3)
  clock.pass(1000)
  expect(told.at(-1)).toEqual(['a', 1])
  clock.pass(1000)
  expect([told.length, clock.pending]).toEqual([4, 0])
})

it('reports what is left when it ends, and keeps no timer', () => {
  const { rate, clock, told } = open()
  rate.met('a')
  rate.met('a', 3)
  rate.end()
  rate.met('a')
  rate.met('b')
  rate.met('b')
  rate.end()
  expect(told).toEqual([['a', 1], ['a', 3], ['b', 1], ['a', 1], ['b', 1]])
  expect(clock.pending).toBe(0)
})
