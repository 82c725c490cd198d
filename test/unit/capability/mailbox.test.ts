/** What is pushed to one extension, over all its subscriptions: its pace, its turns, and the room for what waits. */
import { describe, expect, test } from 'vitest'
import { EventHub } from '../../../src/capability/event.ts'
import { Mailboxes } from '../../../src/capability/mailbox.ts'
import { LimitError } from '../../../src/errors.ts'
import type { Limits } from '../../../src/manifest/limits.ts'
import { FrameReader } from '../../../src/wire/frame.ts'
import { FakeClock } from '../permission/harness.ts'
import { call, FakeCaller, metersOf } from './harness.ts'

const KIB = 2 ** 10
const ITEM_COST = 8 * KIB

interface Listener {
  /** Values that have arrived, with what was lost before each. */
  readonly got: { readonly value: unknown, readonly lost: number }[]
}

function setUp(): { readonly hub: EventHub, readonly clock: FakeClock, open: (id: string, limits?: Partial<Limits>) => FakeCaller } {
  const clock = new FakeClock()
  const meters = metersOf(clock.now)
  const hub = new EventHub({ schemas: new Map(), mailboxes: new Mailboxes(clock.setTimer), reportError: () => undefined })
  const events = Array.from({ length: 64 }, (_, index) => `host/n${index}`)
  return { hub, clock, open: (id, limits = {}) => {
    const caller = new FakeCaller([{ name: 'event:listen', scope: { events: [...events, 'com.acme.test/x'] }, reason: '' }, { name: 'event:emit', scope: { events: ['com.acme.test/x'] }, reason: '' }], limits, meters)
    caller.identity = { id, origin: 'local' }
    return caller
  } }
}

/** Subscribes, and takes what comes as fast as it can, from the call of what it gives on. */
async function listen(hub: EventHub, caller: FakeCaller, name: string): Promise<Listener & { readonly read: () => void }> {
  const id = Number(await call(hub, caller, 'event.listen', name))
  const reader = caller.sent.get(id)?.getReader()
  const frames = new FrameReader((bytes) => new TextDecoder().decode(bytes))
  const got: { value: unknown, lost: number }[] = []
  const read = async (): Promise<void> => {
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
      frames.push(chunk.value)
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) got.push(frame)
    }
  }
  return { got, read: () => void read().catch(() => undefined) } // it may be revoked
}

/** Until all that can be delivered now is. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** A second, in which what waits goes when it may. */
async function pass(clock: FakeClock): Promise<void> {
  for (let step = 0; step < 20; step++) {
    clock.pass(50)
    await settle()
  }
}

describe('many subscriptions of one extension', () => {
  test('cost it its own pace, and the one who emits one event', async () => {
    const { hub, clock, open } = setUp()
    const listener = open('com.acme.greedy', { deliveredBytesPerSecond: 10 * (60 * KIB + ITEM_COST) })
    const emitter = open('com.acme.test', { eventsPerSecond: 1 })
    const listeners = await Promise.all(Array.from({ length: 64 }, () => listen(hub, listener, 'com.acme.test/x')))
    for (const one of listeners) one.read()
    await call(hub, emitter, 'event.emit', 'com.acme.test/x', 'x'.repeat(60 * KIB))
    const count = (): number => listeners.reduce((sum, { got }) => sum + got.length, 0)
    await settle()
    const atOnce = count()
    await pass(clock)
    await settle()

    expect([atOnce, emitter.told.size]).toEqual([10, 0])
    expect(count()).toBeGreaterThanOrEqual(19)
    expect(count()).toBeLessThanOrEqual(21)
  })

  test('do not slow another extension down', async () => {
    const { hub, open } = setUp()
    const greedy = open('com.acme.greedy', { deliveredBytesPerSecond: KIB })
    const other = await listen(hub, open('com.acme.other'), 'host/n0')
    const many = await Promise.all(Array.from({ length: 64 }, () => listen(hub, greedy, 'host/n0')))
    for (const one of [...many, other]) one.read()
    for (let i = 0; i < 3; i++) await hub.emit('host/n0', i)
    await settle()

    expect(other.got.map(({ value }) => value)).toEqual([0, 1, 2])
  })

  test('share the room for what waits', async () => {
    const { hub, open } = setUp()
    const caller = open('com.acme.hoarder', { deliveredBytesPerSecond: 2 ** 30 })
    const listeners = []
    for (let i = 0; i < 64; i++) {
      listeners.push(await listen(hub, caller, `host/n${i}`))
      // Those that are there already give room to each that comes.
      for (let count = 0; count < 30; count++) await hub.emit(`host/n${i}`, 'x'.repeat(50_000))
    }
    for (const one of listeners) one.read()
    await settle()
    const chars = listeners.flatMap(({ got }) => got).reduce((sum, { value }) => sum + String(value).length, 0)

    expect(chars).toBeLessThanOrEqual(4 * 2 ** 20)
    expect(listeners.every(({ got }) => got.length === 1 && got[0]?.lost === 29)).toBe(true)
  })
})

describe('an event that floods', () => {
  test('delays another of the same listener by one item, and loses its own alone', async () => {
    const { hub, clock, open } = setUp()
    const caller = open('com.acme.listener', { deliveredBytesPerSecond: KIB })
    const [flooded, quiet] = [await listen(hub, caller, 'host/n0'), await listen(hub, caller, 'host/n1')]
    for (const one of [flooded, quiet]) one.read()
    for (let i = 0; i < 1000; i++) await hub.emit('host/n0', i)
    await hub.emit('host/n1', 'quiet')
    for (let seconds = 0; quiet.got.length === 0 && seconds < 100; seconds++) await pass(clock)

    expect(quiet.got).toEqual([{ value: 'quiet', lost: 0 }])
    expect(flooded.got.length).toBeLessThanOrEqual(2)
  })

  test('beyond the pace is dropped with a count for the listener, and the host hears of the limit', async () => {
    const { hub, clock, open } = setUp()
    const caller = open('com.acme.listener', { deliveredBytesPerSecond: KIB })
    const { got, read } = await listen(hub, caller, 'host/n0')
    read()
    for (let i = 0; i < 300; i++) await hub.emit('host/n0', i)
    while (got.length < 2) await pass(clock)

    expect(got.map(({ value, lost }) => [value, lost])).toEqual([[0, 0], [44, 43]])
    expect([...caller.told].map((error) => [error instanceof LimitError, error.code, error.details['limit']])).toEqual([[true, 'rate-limit', 'deliveredBytesPerSecond']])
  })

  test('within the pace is told to nobody, however slow its listener is', async () => {
    const { hub, open } = setUp()
    const caller = open('com.acme.listener')
    await listen(hub, caller, 'host/n0')
    for (let i = 0; i < 300; i++) await hub.emit('host/n0', i)

    expect(caller.told.size).toBe(0)
  })

  test('holds up nobody when its listener goes while it waits', async () => {
    const { hub, clock, open } = setUp()
    const caller = open('com.acme.listener', { deliveredBytesPerSecond: KIB })
    const [first, second] = [await listen(hub, caller, 'host/n0'), await listen(hub, caller, 'host/n1')]
    for (const one of [first, second]) one.read()
    await hub.emit('host/n0', 'x'.repeat(60 * KIB))
    for (const name of ['host/n0', 'host/n1']) await hub.emit(name, 1)
    caller.revoke()
    await pass(clock)
    await settle()

    expect([first.got.length, second.got.length, clock.pending]).toEqual([1, 0, 0])
  })
})
