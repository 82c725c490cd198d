/** `glovebox.serial` of a script, with a device that the user's part lends: both streams, signals, and every way in which it ends. */
import type { Extension } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, openBox, pkg, uniqueName, until } from './box-harness.ts'
import { FakePort, lendSerial, pretendActive, pretendGesture } from './user-part.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code ?? String(error))
  let port, reader, writer
  export const open = (options) => told(async () => {
    port = await glovebox.serial.open({ baudRate: 9600, ...options })
    reader = port.readable.getReader()
    writer = port.writable.getWriter()
    writer.closed.catch(() => {})
    return [port.vendorId, port.productId]
  })
  export const write = (text) => told(() => writer.write(new TextEncoder().encode(text)))
  export const read = () => told(async () => {
    const { done, value } = await reader.read()
    return done ? 'end' : new TextDecoder().decode(value)
  })
  export const signals = (signals) => told(async () => {
    await port.setSignals(signals)
    return port.getSignals()
  })
  export const writable = () => told(() => writer.closed)
  export const closed = () => told(() => port.closed)
  export const close = () => told(() => port.close())
  export const endWriting = () => told(() => writer.close())
`

async function open(...ports: readonly FakePort[]): Promise<{ readonly extension: Extension; readonly asked: readonly unknown[] }> {
  const asked = lendSerial(...ports)
  pretendActive(true)
  const permissions = [{ name: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, reason: 'to test' }]
  const extension = await (await openBox()).install(pkg(CODE, { permissions, lifetime: 'session' }))
  expect(await extension.call('open', [{ parity: 'even', filters: [{ vendorId: 1, productId: 2 }] }])).toEqual([1, 2])
  return { extension, asked }
}

const AFTER = ['read', 'writable', 'closed', 'signals', 'write'] as const

/** What each part of a port says from now on. */
async function all(extension: Extension): Promise<Readonly<Record<string, unknown>>> {
  return Object.fromEntries(await Promise.all(AFTER.map(async (name) => [name, await extension.call(name, name === 'write' ? ['x'] : [{}])])))
}

test('a script talks to the device that was chosen, in pieces of any size, and sees and sets its signals', async () => {
  const port = new FakePort()
  const { extension, asked } = await open(port)

  expect(asked).toEqual([{ filters: [{ usbVendorId: 1, usbProductId: 2 }] }])
  expect([await extension.call('write', ['hello']), await extension.call('read')]).toEqual(['done', 'HELLO'])
  const signals = { clearToSend: true, dataCarrierDetect: false, dataSetReady: false, ringIndicator: false }
  expect(await extension.call('signals', [{ dataTerminalReady: true }])).toEqual(signals)
  expect(await extension.call('signals', [{ other: true }])).toBe('invalid-argument')
  await extension.call('write', ['y'.repeat(200_000)])
  for (let length = 0; length < 200_000;) length += String(await extension.call('read')).length
  expect(port.told).toEqual([{ baudRate: 9600, parity: 'even' }, { dataTerminalReady: true }])

  expect(await extension.call('endWriting')).toBe('done')
  port.say('still here')
  expect(await extension.call('read')).toBe('still here')
})

test('a port that the script closes ends both ways without an error', async () => {
  const port = new FakePort()
  const { extension } = await open(port)
  const [reading, closed] = [extension.call('read'), extension.call('closed')]

  expect([await extension.call('close'), await reading, await closed]).toEqual(['done', 'end', 'done'])
  expect(await extension.call('write', ['x'])).toMatch(/closed/)
  await until(() => port.told.at(-1) === 'closed', 'the port to be closed')
})

test('a device that is unplugged, a revocation, and a choice of nothing have their codes', async () => {
  const [lost, revoked] = [new FakePort(), new FakePort()]
  const { extension } = await open(lost, revoked)
  const reading = extension.call('read')
  lost.dispatchEvent(new Event('disconnect'))
  expect(await reading).toBe('device-lost')
  expect(await all(extension)).toMatchObject({ read: 'device-lost', writable: 'device-lost', closed: 'device-lost', write: 'device-lost' })

  await pretendGesture(extension)
  expect(await extension.call('open')).toEqual([1, 2])
  const again = extension.call('read')
  await extension.permissions.revoke('serial:open')
  expect(await again).toBe('permission-revoked')
  expect(await all(extension)).toMatchObject({ read: 'permission-revoked', writable: 'permission-revoked', closed: 'permission-revoked' })
  await until(() => revoked.told.at(-1) === 'closed', 'the port to be closed')
})

test('a choice of nothing is an answer, and the port goes with the guest', async () => {
  const port = new FakePort()
  const { extension } = await open(port)

  await pretendGesture(extension)
  expect(await extension.call('open')).toBe('cancelled')
  await extension.stop()
  await until(() => port.told.at(-1) === 'closed', 'the port to be closed')
})

describe('of devices that have nothing to do with each other none is opened', () => {
  const [MINE, OTHER] = [{ filters: [{ vendorId: 7 }] }, { filters: [{ vendorId: 2 }] }]
  const device = (...filters: readonly object[]): Record<string, unknown> => ({ optionalPermissions: [{ name: 'serial:open', scope: { filters }, reason: '' }] })
  const capped = { rules: [{ effect: 'cap', permissions: [{ name: 'serial:open', scope: OTHER }] }] } as const
  function lendPort(): readonly unknown[] {
    pretendActive(true)
    return lendSerial(new FakePort(), new FakePort())
  }

  test('where the policy grants some, and the manifest asks for others', async () => {
    const asked = lendPort()
    const { prompt, requests } = answering('deny')
    const policy = { rules: [{ effect: 'grant', permissions: [{ name: 'serial:open', scope: MINE }], origins: ['local'] }] } as const
    const extension = await (await openBox({ prompt, policy })).install(pkg(CODE, device({ vendorId: 2 })))

    expect([await extension.call('open'), requests.length, asked]).toEqual(['permission-denied', 1, []])
  })

  test('where the user granted some, and a later policy leaves others', async () => {
    const asked = lendPort()
    const name = uniqueName()
    const first = await openBox({ name, store: 'indexeddb', prompt: answering({ decision: 'always', scope: MINE }).prompt })
    await (await first.install(pkg(CODE, device({ vendorId: 7 }, { vendorId: 2 })))).permissions.request('serial:open')
    first.dispose()
    const { prompt, requests } = answering('always')
    const extension = (await openBox({ name, store: 'indexeddb', prompt, policy: capped })).get('com.example.test')

    expect([await extension.call('open'), extension.permissions.grants(), requests, asked]).toEqual(['permission-denied', [], [], []])
  })

  test('where no filter is left by narrowing, or by an answer of the prompt', async () => {
    const asked = lendPort()
    const box = await openBox({ prompt: answering({ decision: 'always', scope: { filters: [] } }).prompt })
    const extension = await box.install(pkg(CODE, device({ vendorId: 2 })))
    expect([await extension.call('open'), extension.permissions.grants()]).toEqual(['permission-denied', []])

    const granted = await (await openBox()).install(pkg(CODE, device({ vendorId: 2 })))
    await granted.permissions.request('serial:open')
    await expect(granted.permissions.narrow('serial:open', { filters: [] })).rejects.toThrow(/covers something/)
    await granted.call('open')
    expect(asked).toEqual([{ filters: [{ usbVendorId: 2 }] }])
  })
})
