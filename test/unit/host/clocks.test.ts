import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadline } from '../../../src/host/instance/deadline.ts'
import { Heartbeat, type HeartbeatOptions } from '../../../src/host/instance/heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a deadline', () => {
  it('expires once, after its time', () => {
    const onExpire = vi.fn()
    const deadline = new Deadline(100, onExpire)
    vi.advanceTimersByTime(99)
    expect(onExpire).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onExpire).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    deadline.dispose()
    expect(onExpire).toHaveBeenCalledTimes(1)
  })

  it('does not count the time of pauses, and tells how long they took', () => {
    const onExpire = vi.fn()
    const deadline = new Deadline(100, onExpire)
    vi.advanceTimersByTime(40)
    deadline.pause()
    vi.advanceTimersByTime(1000)
    deadline.pause() // again: one pause
    vi.advanceTimersByTime(1000)
    expect([deadline.resume(), deadline.resume()]).toEqual([2000, 0])
    vi.advanceTimersByTime(59)
    expect(onExpire).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onExpire).toHaveBeenCalledTimes(1)
  })

  it('that was disposed in a pause does not run again, and one that expired does not expire again', () => {
    const onExpire = vi.fn()
    const paused = new Deadline(100, onExpire)
    paused.pause()
    paused.dispose()
    paused.resume()
    vi.advanceTimersByTime(1000)
    expect(onExpire).not.toHaveBeenCalled()

    const expired = new Deadline(100, onExpire)
    vi.advanceTimersByTime(100)
    expired.pause()
    expired.resume()
    vi.advanceTimersByTime(1000)
    expect(onExpire).toHaveBeenCalledTimes(1)
  })

  it('never expires once disposed', () => {
    const onExpire = vi.fn()
    const deadline = new Deadline(100, onExpire)
    deadline.dispose()
    deadline.dispose()
    vi.advanceTimersByTime(1000)

    expect(onExpire).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})

interface Worker {
  readonly onSilence: ReturnType<typeof vi.fn>
  readonly heartbeat: Heartbeat
  readonly pings: { answer(): void, fail(): void }[]
  isExcused: boolean
}

function watch(turnMs: number, answers: boolean, options: Partial<HeartbeatOptions> = {}): Worker {
  const onSilence = vi.fn()
  const pings: Worker['pings'] = []
  const ping = (): Promise<void> => new Promise((resolve, reject) => {
    pings.push({ answer: resolve, fail: () => reject(new Error('ended')) })
    if (answers) resolve()
  })
  const worker: Worker = {
    onSilence, pings, isExcused: false,
    heartbeat: new Heartbeat({ ping, turnMs, onSilence, isExcused: () => worker.isExcused, ...options }),
  }
  return worker
}

describe('a heartbeat', () => {
  it('is content with a worker that answers', async () => {
    const { onSilence, heartbeat } = watch(1000, true)
    await vi.advanceTimersByTimeAsync(60_000)
    heartbeat.dispose()

    expect(onSilence).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([25, 100, 1000, 5000])('tells of %i ms of silence, soon after, once', async (turnMs) => {
    const { onSilence } = watch(turnMs, false)
    await vi.advanceTimersByTimeAsync(turnMs)
    expect(onSilence).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(Math.min(2000, turnMs) + 150)
    expect(onSilence).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(onSilence).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lets an answer count that comes just before its second look', async () => {
    const { onSilence, pings, heartbeat } = watch(1000, false)
    await vi.advanceTimersByTimeAsync(1250 + 49)
    pings[0]?.answer()
    await vi.advanceTimersByTimeAsync(200)
    heartbeat.dispose()

    expect(onSilence).not.toHaveBeenCalled()
  })

  it('does not count silence during a call with a deadline of its own, but counts what follows', async () => {
    const worker = watch(1000, false)
    worker.isExcused = true
    await vi.advanceTimersByTimeAsync(30_000)
    expect(worker.onSilence).not.toHaveBeenCalled()
    worker.isExcused = false
    await vi.advanceTimersByTimeAsync(999)
    expect(worker.onSilence).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(700)
    expect(worker.onSilence).toHaveBeenCalledTimes(1)
  })

  it('asks one question at a time', async () => {
    const { pings, heartbeat } = watch(10_000, false)
    await vi.advanceTimersByTimeAsync(5000)
    heartbeat.dispose()

    expect(pings).toHaveLength(1)
  })

  it('stops when the session ends', async () => {
    const { onSilence, pings } = watch(1000, false)
    await vi.advanceTimersByTimeAsync(300)
    pings[0]?.fail()
    await vi.advanceTimersByTimeAsync(60_000)

    expect(onSilence).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
