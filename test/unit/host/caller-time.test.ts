/** A caller that comes with no time left, or gives a callee less than it may take. */
import { expect, test, vi } from 'vitest'
import { LimitError } from '../../../src/errors.ts'
import { CallerTime, MIN_LEFT_MS } from '../../../src/host/link/caller-time.ts'

const { signal } = new AbortController()

function thrownBy(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

test('who has too little time left is refused, at once or after its wait, and is the cause', () => {
  const clocks = [{ leftMs: 10_000 }, { leftMs: MIN_LEFT_MS }]
  const time = new CallerTime({ clocks, callMs: 1000, signal })
  time.check()
  clocks[1] = { leftMs: MIN_LEFT_MS - 1 }

  for (const work of [() => time.check(), () => time.enter(1000, new Set())]) {
    const error = thrownBy(work)
    expect(error).toMatchObject({ code: 'deadline-exceeded' })
    expect(time.refusalOf(error)).toBe(error)
  }
})

test('one that waits shorter than the callee may take aborts, which is not the callee\'s deadline', () => {
  vi.useFakeTimers()
  try {
    const deadlines = new Set<never>()
    const time = new CallerTime({ clocks: [], callMs: 200, signal })
    time.enter(1000, deadlines)
    expect(deadlines.size).toBe(1)
    vi.advanceTimersByTime(200)

    expect(time.signal.aborted).toBe(true)
    expect(time.refusalOf(time.signal.reason)).toMatchObject({ code: 'deadline-exceeded' })
    time.end(deadlines)
    expect(deadlines.size).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a full queue is the caller\'s before the callee is entered, and the callee\'s own trouble after', () => {
  const full = new LimitError('queue-full', '', { details: { limit: 'queuedCalls' } })
  const slow = new LimitError('deadline-exceeded', '', { details: { limit: 'startMs' } })
  const time = new CallerTime({ clocks: [], callMs: 1000, signal })

  expect(time.refusalOf(full)).toMatchObject({ code: 'queue-full', details: {} })
  expect(time.refusalOf(slow)).toBeUndefined()
  time.enter(1000, new Set())
  expect(time.refusalOf(full)).toBeUndefined()
})
