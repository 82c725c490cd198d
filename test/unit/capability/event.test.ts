import { describe, expect, test } from 'vitest'
import { EventHub, type HostEvent } from '../../../src/capability/event.ts'
import type { StandardSchema } from '../../../src/capability/standard-schema.ts'
import type { Meters } from '../../../src/limit/meters.ts'
import { FrameReader } from '../../../src/wire/frame.ts'
import { call, codeOf, FakeCaller, mailboxes, metersOf } from './harness.ts'

const OWN = 'com.acme.test/changed'

const theme: StandardSchema<{ dark: boolean }> = { '~standard': { version: 1, vendor: 'test', validate: (value) => {
  const dark: unknown = Reflect.get(Object(value), 'dark')
  return typeof dark === 'boolean' ? { value: { dark } } : { issues: [{ message: 'must be a boolean', path: ['dark'] }] }
} } }

function open(): { hub: EventHub, errors: unknown[] } {
  const errors: unknown[] = []
  const schemas = new Map<string, StandardSchema>([['host/theme', theme], ['com.acme.test/theme', theme]])
  return { hub: new EventHub({ schemas, mailboxes: mailboxes(), reportError: (error) => errors.push(error) }), errors }
}

function caller(events: readonly string[], limits: { eventsPerSecond?: number } = {}, id = 'com.acme.test', meters: Meters = metersOf()): FakeCaller {
  const fake = new FakeCaller([
    { name: 'event:emit', scope: { events }, reason: '' },
    { name: 'event:listen', scope: { events }, reason: '' },
  ], limits, meters)
  fake.identity = { id, origin: 'local' }
  return fake
}

async function listen(hub: EventHub, listener: FakeCaller, name: string): Promise<() => Promise<unknown>> {
  const id = await call(hub, listener, 'event.listen', name)
  const reader = listener.sent.get(Number(id))?.getReader()
  const frames = new FrameReader((bytes) => new TextDecoder().decode(bytes))
  return async () => {
    const chunk = await reader?.read()
    if (chunk?.value === undefined) return 'end'
    frames.push(chunk.value)
    return frames.next()
  }
}

function heard(hub: EventHub, name: string): HostEvent[] {
  const events: HostEvent[] = []
  hub.listen(name, (event) => void events.push(event))
  return events
}

describe('an event', () => {
  test('reaches extensions that listen, and the app', async () => {
    const { hub } = open()
    const next = await listen(hub, caller([OWN], {}, 'com.acme.other'), OWN)
    const events = heard(hub, OWN)

    await call(hub, caller([OWN]), 'event.emit', OWN, { a: [1, 'x', null], b: undefined })

    expect([await next(), events]).toEqual([{ lost: 0, value: { a: [1, 'x', null] } }, [{ name: OWN, value: { a: [1, 'x', null] } }]])
  })

  test('of the app reaches extensions', async () => {
    const { hub } = open()
    const next = await listen(hub, caller(['host/theme']), 'host/theme')

    await hub.emit('host/theme', { dark: true, more: 1 })

    expect(await next()).toEqual({ lost: 0, value: { dark: true } })
  })

  test('is nothing to those that ended or listen to another name', async () => {
    const { hub } = open()
    const events: unknown[] = []
    const stop = hub.listen('host/a', (event) => events.push(event))
    await hub.emit('host/b', 1)
    stop()
    stop()
    await hub.emit('host/a', 1)

    expect(events).toEqual([])
  })

  test('reaches the others when a listener of the app throws', async () => {
    const { hub, errors } = open()
    hub.listen('host/a', () => { throw new Error('mine') })
    const events = heard(hub, 'host/a')
    await hub.emit('host/a', 1)

    expect([events.length, errors.length]).toEqual([1, 1])
  })

  test('is a copy for each listener', async () => {
    const { hub } = open()
    hub.listen('host/a', ({ value }) => void Object.assign(Object(value), { changed: true }))
    const events = heard(hub, 'host/a')
    await hub.emit('host/a', {})

    expect(events[0]?.value).toEqual({})
  })
})

describe('emitting is refused', () => {
  test.each([
    ['under another id', 'com.acme.other/changed', 'permission-denied'],
    ['under an id that begins alike', 'com.acme.test.more/changed', 'permission-denied'],
    ["in the app's name", 'host/theme', 'permission-denied'],
    ['without a grant', 'com.acme.test/other', 'permission-denied'],
    ['under a name in capitals', 'com.acme.test/Changed', 'invalid-argument'],
    ['under two names', 'com.acme.test/a/b', 'invalid-argument'],
    ['under a prototype', '__proto__/x', 'invalid-argument'],
    ['with a line break', 'com.acme.test/a\n', 'invalid-argument'],
    ['under a number', 5, 'invalid-argument'],
  ])('%s', async (_, name, code) => {
    const { hub } = open()
    expect(await codeOf(call(hub, caller([OWN, 'host/theme', 'com.acme.other/changed', 'com.acme.test.more/changed']), 'event.emit', name, 1))).toBe(code)
  })

  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  test.each([
    ['bytes', new Uint8Array(1)], ['a date', [new Date(0)]], ['a map', new Map()], ['a bigint', 1n], ['NaN', { a: NaN }], ['a cycle', cycle],
    ['an own __proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}')],
  ])('with %s', async (_, value) => {
    expect(await codeOf(call(open().hub, caller([OWN]), 'event.emit', OWN, value))).toBe('invalid-argument')
  })

  test('with too much', async () => {
    expect(await codeOf(call(open().hub, caller([OWN]), 'event.emit', OWN, 'x'.repeat(64 * 1024)))).toBe('message-too-large')
  })

  test('with what its schema does not take, and says what', async () => {
    const { hub } = open()
    const name = 'com.acme.test/theme'
    await expect(call(hub, caller([name]), 'event.emit', name, { dark: 1 })).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('dark: must be a boolean') })
    await expect(hub.emit('host/theme', 1)).rejects.toThrow(TypeError)
  })

  test('beyond the rate, whatever else is wrong with it', async () => {
    const { hub } = open()
    let now = 0
    const emitter = caller([OWN], { eventsPerSecond: 2 }, 'com.acme.test', metersOf(() => now))
    await call(hub, emitter, 'event.emit', OWN, 1)
    await codeOf(call(hub, emitter, 'event.emit', 'com.acme.test/other', 1))

    expect(await codeOf(call(hub, emitter, 'event.emit', OWN, 1))).toBe('rate-limit')
    now += 500
    expect(await codeOf(call(hub, emitter, 'event.emit', OWN, 1))).toBe('resolved')
  })

  test("for the app under an extension's id", async () => {
    await expect(open().hub.emit(OWN, 1)).rejects.toThrow(TypeError)
  })
})

describe('a listener', () => {
  test('gets nothing after its permission was revoked, not even what waited', async () => {
    const { hub } = open()
    const listener = caller([OWN])
    const next = await listen(hub, listener, OWN)
    await call(hub, caller([OWN]), 'event.emit', OWN, 1)
    listener.revoke()
    await call(hub, caller([OWN]), 'event.emit', OWN, 2)

    await expect(next()).rejects.toMatchObject({ code: 'permission-revoked' })
  })

  test('that is slow loses the oldest, and is told', async () => {
    const { hub } = open()
    const next = await listen(hub, caller([OWN]), OWN)
    for (let i = 1; i <= 300; i++) await call(hub, caller([OWN], { eventsPerSecond: 1000 }), 'event.emit', OWN, i)

    expect(await next()).toEqual({ lost: 44, value: 45 })
  })

  test('needs a grant for the name', async () => {
    expect(await codeOf(call(open().hub, caller([OWN]), 'event.listen', 'host/theme'))).toBe('permission-denied')
  })

  test('is one of at most 64, and makes room when it goes', async () => {
    const { hub } = open()
    const listener = caller([OWN])
    for (let i = 0; i < 64; i++) await call(hub, listener, 'event.listen', OWN)

    expect(await codeOf(call(hub, listener, 'event.listen', OWN))).toBe('too-many-handles')
    await listener.sent.get(3)?.cancel()
    expect(await codeOf(call(hub, listener, 'event.listen', OWN))).toBe('resolved')
  })

  test('that two extensions keep busy with each other is held by their rates', async () => {
    const { hub } = open()
    const ids = ['com.acme.ping', 'com.acme.pong'] as const
    const names = ids.map((id) => `${id}/x`)
    const meters = metersOf()
    let sent = 0
    ids.forEach((id, index) => hub.listen(`${id}/x`, () => {
      const other = 1 - index
      sent++
      call(hub, caller(names, { eventsPerSecond: 10 }, ids[other], meters), 'event.emit', names[other]).catch(() => undefined)
    }))
    await call(hub, caller(names, { eventsPerSecond: 10 }, ids[0], meters), 'event.emit', names[0])
    await new Promise((resolve) => setTimeout(resolve, 0))

    expect(sent).toBe(20)
  })
})
