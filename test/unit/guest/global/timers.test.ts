import { afterEach, expect, test, vi } from 'vitest'

// Before the delegate captures them at evaluation.
vi.useFakeTimers()
const { createHarness } = await import('./harness.ts')

afterEach(() => void vi.clearAllTimers())

test('runs callbacks in order with their arguments', () => {
  const { globals } = createHarness()
  const ran: unknown[] = []

  const first = globals['setTimeout']((...args: unknown[]) => ran.push(args), 5, 'a', 1)
  globals['setTimeout'](() => ran.push('later'), 10)
  globals['setTimeout'](() => ran.push('soon'))
  vi.advanceTimersByTime(10)

  expect(first).toBe(1)
  expect(ran).toEqual(['soon', ['a', 1], 'later'])
})

test('repeats an interval until it is cleared, also by itself', () => {
  const { globals } = createHarness()
  let ticks = 0

  const id = globals['setInterval'](() => {
    ticks += 1
    if (ticks === 3) globals['clearTimeout'](id)
  }, 10)
  vi.advanceTimersByTime(200)

  expect(ticks).toBe(3)
})

test('clamps nested timers', () => {
  const { globals } = createHarness()
  let depth = 0
  const again = (): void => {
    depth += 1
    globals['setTimeout'](again, 0)
  }

  again()
  vi.advanceTimersByTime(20)

  expect(depth).toBeLessThanOrEqual(14)
})

test('refuses code in strings', () => {
  const { globals } = createHarness()

  expect(() => globals['setTimeout']('1+1')).toThrow(TypeError)
  expect(() => globals['setInterval']()).toThrow(TypeError)
  expect(() => globals['queueMicrotask']('x')).toThrow(TypeError)
})

test('reports what callbacks throw and goes on', async () => {
  const { globals, reported } = createHarness()
  const error = new Error('x')

  globals['setTimeout'](() => {
    throw error
  })
  globals['queueMicrotask'](() => {
    throw error
  })
  await vi.advanceTimersByTimeAsync(5)

  expect(reported).toEqual([error, error])
})

test('stops at the limit of timers and frees by firing and clearing', () => {
  const { globals } = createHarness({ timers: 2 })
  const start = (): number => globals['setTimeout'](() => undefined, 1)

  const id = start()
  start()
  expect(start).toThrow(expect.objectContaining({ code: 'too-many-handles' }))
  globals['clearTimeout'](id)
  start()
  expect(start).toThrow()
  vi.advanceTimersByTime(5)

  expect(start()).toBe(4)
})

test('ends with the epoch', () => {
  const { globals, endEpoch } = createHarness()
  let ran = 0

  globals['setInterval'](() => {
    ran += 1
  }, 1)
  endEpoch()
  vi.advanceTimersByTime(50)

  expect([ran, vi.getTimerCount()]).toEqual([0, 0])
})
