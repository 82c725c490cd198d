import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Intake } from '../../../src/wire/intake.ts'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }) })
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('hands over at once while there is room in the slice, the rest later and in order', () => {
  const seen: number[] = []
  const intake = new Intake<number>((item) => seen.push(item))

  const accepted = Array.from({ length: 300 }, (_, n) => intake.accept(n))

  expect(accepted.every(Boolean)).toBe(true)
  expect(seen.length).toBe(128)
  vi.runAllTimers()
  expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n))
})

it('has room again after the slice', () => {
  const seen: number[] = []
  const intake = new Intake<number>((item) => seen.push(item))
  for (let n = 0; n < 128; n++) intake.accept(n)

  vi.advanceTimersByTime(8)
  intake.accept(128)

  expect(seen.length).toBe(129)
})

it('refuses what waits beyond credit, and drops it when disposed', () => {
  const seen: number[] = []
  const intake = new Intake<number>((item) => seen.push(item))
  const accepted = Array.from({ length: 128 + 256 + 1 }, (_, n) => intake.accept(n))

  expect(accepted.indexOf(false)).toBe(128 + 256)
  intake.dispose()
  vi.runAllTimers()
  expect(seen.length).toBe(128)
})

it('rests as long as it worked: a few costly messages do not hold the page at their ease', () => {
  const seen: number[] = []
  let clock = 0
  const intake = new Intake<number>((item) => {
    seen.push(item)
    clock += 50
  })
  vi.spyOn(performance, 'now').mockImplementation(() => clock)

  for (let n = 0; n < 5; n++) intake.accept(n)
  expect(seen).toEqual([0])

  vi.advanceTimersByTime(49)
  expect(seen).toEqual([0])
  clock += 50
  vi.advanceTimersByTime(1)
  expect(seen).toEqual([0, 1])
})
