/** Events between real extensions and the app. */
import type { HostEvent } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, codeOf, logsOf, openBox, pkg, run, until } from './box-harness.ts'

const may = (name: string, ...events: readonly string[]): unknown => ({ name, scope: { events }, reason: 'to test' })

const LISTENER = `
const got = []
let iterator
export async function follow(name) {
  iterator = glovebox.events.listen(name)
  void (async () => { try { for await (const event of iterator) got.push(event) } catch (error) { got.push(error.code) } })()
  await iterator.opened
}
export async function callback(name) { globalThis.stop = await glovebox.events.listen(name, (event) => { got.push(event); if (event.value === 'throw') throw new Error('mine') }) }
export function end() { return iterator.return() }
export function stop() { globalThis.stop() }
export const events = () => got
export const emit = (name, value) => glovebox.events.emit(name, value).then(() => 'sent', (error) => error.code)
export async function flood(name, count) {
  const codes = {}
  await Promise.all(Array.from({ length: count }, async (_, i) => {
    const code = await glovebox.events.emit(name, i).then(() => 'sent', (error) => error.code)
    codes[code] = (codes[code] ?? 0) + 1
  }))
  return codes
}
export const refused = (name) => glovebox.events.listen(name).next().then(() => 'item', (error) => error.code)
`

describe('an event', () => {
  test('goes from one extension to another and to the app', async () => {
    const box = await openBox()
    const name = 'com.example.sender/changed'
    const listener = await box.install(pkg(LISTENER, { permissions: [may('event:listen', name)] }))
    const sender = await box.install(pkg(LISTENER, { id: 'com.example.sender', permissions: [may('event:emit', name)] }))
    const heard: HostEvent[] = []
    box.events.listen(name, (event) => void heard.push(event))
    await listener.call('follow', [name])
    await sender.call('emit', [name, { city: 'Wien', degrees: [1, 2] }])

    await until(async () => (await listener.call('events') as unknown[]).length === 1, 'the event')
    const value = { city: 'Wien', degrees: [1, 2] }
    expect([await listener.call('events'), heard]).toEqual([[{ name, value, lost: 0 }], [{ name, value }]])
  })

  test('of the app reaches a callback, also after one that threw, until it is stopped', async () => {
    const box = await openBox()
    const listener = await box.install(pkg(LISTENER, { permissions: [may('event:listen', 'host/theme')] }))
    const lines = logsOf(listener)
    await listener.call('callback', ['host/theme'])
    for (const value of ['throw', 'dark']) await box.events.emit('host/theme', value)
    await until(async () => (await listener.call('events') as unknown[]).length === 2, 'both events')
    await listener.call('stop')
    await box.events.emit('host/theme', 'late')

    expect((await listener.call('events') as HostEvent[]).map(({ value }) => value)).toEqual(['throw', 'dark'])
    expect(lines.some(({ text }) => text.includes('mine'))).toBe(true)
  })

  test('is not delivered after a revocation', async () => {
    const box = await openBox()
    const listener = await box.install(pkg(LISTENER, { permissions: [may('event:listen', 'host/theme')] }))
    await listener.call('follow', ['host/theme'])
    await box.events.emit('host/theme', 1)
    await until(async () => (await listener.call('events') as unknown[]).length === 1, 'the first event')
    const emitted = box.events.emit('host/theme', 2)
    await listener.permissions.revoke('event:listen')
    await emitted
    await box.events.emit('host/theme', 3)
    await until(async () => (await listener.call('events') as unknown[]).at(-1) === 'permission-revoked', 'the end')

    expect(JSON.stringify(await listener.call('events'))).not.toContain('"value":3')
  })

  test('ends for an iterator that returns', async () => {
    const box = await openBox()
    const listener = await box.install(pkg(LISTENER, { permissions: [may('event:listen', 'host/theme')] }))
    await listener.call('follow', ['host/theme'])
    await listener.call('end')
    await box.events.emit('host/theme', 1)

    expect(await listener.call('events')).toEqual([])
  })

  test('waits for nobody: what a stopped listener missed is gone', async () => {
    const box = await openBox()
    const listener = await box.install(pkg(LISTENER, { permissions: [may('event:listen', 'host/theme')] }))
    await listener.call('follow', ['host/theme'])
    await listener.stop()
    await box.events.emit('host/theme', 1)

    expect([listener.state, await listener.call('events')]).toEqual(['stopped', []])
  })
})

describe('emitting is refused', () => {
  const name = 'com.example.test/x'

  test('under a name of others', async () => {
    const extension = await run(LISTENER, { permissions: [may('event:emit', name, 'host/x', 'com.example.other/x')] })

    expect([await extension.call('emit', ['host/x', 1]), await extension.call('emit', ['com.example.other/x', 1]), await extension.call('emit', [name, 1])])
      .toEqual(['permission-denied', 'permission-denied', 'sent'])
  })

  test('with what the schema of the app does not take', async () => {
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => (typeof value === 'string' ? { value } : { issues: [{ message: 'a string, please' }] }) } }
    const extension = await run(LISTENER, { permissions: [may('event:emit', name)] }, { events: { [name]: schema } })

    expect([await extension.call('emit', [name, 1]), await extension.call('emit', [name, 'ok']), await extension.call('emit', [name, new Uint8Array(1)])])
      .toEqual(['invalid-argument', 'sent', 'invalid-argument'])
  })

  test('beyond the rate: a flood harms nobody', async () => {
    const extension = await run(LISTENER, { permissions: [may('event:emit', name)] }, { limits: { eventsPerSecond: 10 } })
    const codes = await extension.call('flood', [name, 200]) as Record<string, number>

    expect(codes['rate-limit']).toBeGreaterThan(50)
    expect(codes['sent']).toBeGreaterThanOrEqual(10)
    expect(await extension.call('events')).toEqual([])
  })
})

test('listening needs the permission for that very event', async () => {
  const box = await openBox({ prompt: answering('deny').prompt })
  const extension = await box.install(pkg(LISTENER, { optionalPermissions: [may('event:listen', 'host/theme')] }))

  expect([await extension.call('refused', ['host/theme']), await extension.call('refused', ['host/other'])]).toEqual(['permission-denied', 'permission-denied'])
  await expect(codeOf(box.events.emit('com.example.test/x', 1))).resolves.toContain('TypeError')
})
