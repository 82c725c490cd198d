import { expect, test } from 'vitest'
import { Chooser } from '../../../src/capability/chooser.ts'
import { createSerialCapability } from '../../../src/capability/serial.ts'
import type { SerialPortLike } from '../../../src/capability/serial-connection.ts'
import { intersectFilters } from '../../../src/manifest/device-filter.ts'
import { call, codeOf, FakeCaller, gesturesOf, streamOf, type Bytes } from './harness.ts'

type Filters = readonly { readonly vendorId: number; readonly productId?: number }[]

/** A port with real streams, as an engine makes them. */
class FakePort implements SerialPortLike {
  info: { usbVendorId?: number; usbProductId?: number } = { usbVendorId: 1, usbProductId: 2 }
  readable: ReadableStream<Uint8Array> | null = null
  writable: WritableStream<Uint8Array> | null = null
  readonly written: number[] = []
  readonly calls: unknown[] = []
  device: ReadableStreamDefaultController<Uint8Array> | undefined
  pulls = 0
  #disconnect: (() => void) | undefined

  getInfo() {
    return this.info
  }

  async open(options: object): Promise<void> {
    if (this.readable) throw new DOMException('open', 'InvalidStateError')
    this.calls.push(options)
    this.renew()
    this.writable = new WritableStream({ write: (chunk) => void this.written.push(...chunk) })
  }

  renew(): void {
    this.readable = new ReadableStream({
      start: (controller) => void (this.device = controller), pull: () => void this.pulls++,
    }, { highWaterMark: 0 })
  }

  async close(): Promise<void> {
    if (this.readable?.locked === true || this.writable?.locked === true) throw new TypeError('locked')
    this.calls.push('close')
    this.readable = this.writable = null
  }

  async setSignals(signals: object): Promise<void> {
    this.calls.push(signals)
  }

  async getSignals(): Promise<object> {
    return { clearToSend: true, other: 'x' }
  }

  addEventListener(_: 'disconnect', listener: () => void): void {
    this.#disconnect = listener
  }

  removeEventListener(): void {
    this.#disconnect = undefined
  }

  unplug(): void {
    this.#disconnect?.()
  }
}

function setup({ granted, isActive = true, port = new FakePort() }: { granted?: Filters; isActive?: boolean; port?: FakePort } = {}) {
  const asked: unknown[] = []
  const requestPort = async (options: object) => {
    asked.push(options)
    return port
  }
  const gestures = gesturesOf(() => isActive)
  const chooser = new Chooser({ gestures, pause: () => () => undefined })
  const capability = createSerialCapability({ serial: { requestPort }, chooser, gestures })
  const caller = new FakeCaller([{ name: 'serial:open', scope: granted ? { filters: granted } : {}, reason: '' }])
  const { authorize } = caller
  Object.assign(caller, { authorize: async (...args: Parameters<typeof authorize>) => ({ ...(await authorize(...args)), ...(granted && { filters: granted }) }) })
  const upload = { controller: undefined as ReadableStreamDefaultController<Bytes> | undefined }
  caller.uploads.set(1, new ReadableStream<Bytes>({ start: (controller) => void (upload.controller = controller) }))
  const use = (method: string, ...args: unknown[]) => call(capability, caller, `serial.${method}`, ...args)
  const open = async (more: object = {}) => {
    const { handle, stream } = (await use('open', { baudRate: 9600, ...more }, 1)) as { handle: number; stream: number }
    return { handle, reader: (caller.sent.get(stream) ?? streamOf()).getReader() }
  }
  return { asked, port, caller, upload, use, open, capability }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

test('opens what the user chose, and moves bytes both ways', async () => {
  const { port, upload, open, use } = setup()
  const { handle, reader } = await open({ parity: 'even' })
  expect(port.calls).toEqual([{ baudRate: 9600, parity: 'even' }])
  upload.controller?.enqueue(new Uint8Array([1, 2]))
  const reading = reader.read()
  await settled()
  port.device?.enqueue(new Uint8Array([3]))

  expect([...((await reading).value ?? [])]).toEqual([3])
  expect(port.written).toEqual([1, 2])
  await use('setSignals', handle, { requestToSend: true })
  expect(await use('getSignals', handle)).toEqual({ clearToSend: true, dataCarrierDetect: false, dataSetReady: false, ringIndicator: false })
})

test('reads from the device only what the guest asks for', async () => {
  const { port, open } = setup()
  const { reader } = await open()
  await settled()
  expect(port.pulls).toBe(0)
  void reader.read()
  await settled()

  expect(port.pulls).toBe(1)
})

test.each<[string, Filters | undefined, Filters | undefined, unknown]>([
  ['nothing is said', undefined, undefined, {}],
  ['the grant says', [{ vendorId: 1 }], undefined, { filters: [{ usbVendorId: 1 }] }],
  ['the request says', undefined, [{ vendorId: 1, productId: 2 }], { filters: [{ usbVendorId: 1, usbProductId: 2 }] }],
  ['both say', [{ vendorId: 1 }, { vendorId: 7 }], [{ vendorId: 1, productId: 2 }, { vendorId: 8 }], { filters: [{ usbVendorId: 1, usbProductId: 2 }] }],
])('the chooser shows what grant and request allow: %s', async (_, granted, filters, expected) => {
  const { asked, open } = setup({ ...(granted && { granted }) })
  await open({ ...(filters && { filters }) })

  expect(asked).toEqual([expected])
})

test('opens no chooser where grant and request have nothing in common: it would show every device', async () => {
  const { asked, use } = setup({ granted: [{ vendorId: 1 }] })

  expect(await codeOf(use('open', { baudRate: 9600, filters: [{ vendorId: 2 }] }, 1))).toBe('permission-denied')
  expect(asked).toEqual([])
  expect(intersectFilters([{ vendorId: 1 }], [])).toEqual([])
})

test.each([[{ usbVendorId: 9 }], [{ usbVendorId: 1, usbProductId: 3 }], [{}]])('refuses a device outside the grant, whatever the browser gave: %o', async (info) => {
  const port = Object.assign(new FakePort(), { info })
  const { use } = setup({ granted: [{ vendorId: 1, productId: 2 }], port })

  expect(await codeOf(use('open', { baudRate: 9600 }, 1))).toBe('browser-refused')
  expect(port.calls).toEqual([])
})

test.each([
  ['unplugging', 'device-lost', ({ port }: ReturnType<typeof setup>) => port.unplug()],
  ['a revocation', 'permission-revoked', ({ caller }: ReturnType<typeof setup>) => caller.revoke()],
] as const)('%s ends both streams with a code, and closes the port', async (_, code, end) => {
  const all = setup()
  const { handle, reader } = await all.open()
  const [reading, closed] = [codeOf(reader.read()), codeOf(all.use('closed', handle))]
  await settled()
  end(all)

  expect([await reading, await closed]).toEqual([code, code])
  await settled()
  expect(all.port.calls.at(-1)).toBe('close')
})

test('closing ends it without a fault; the end of the guest closes it as well', async () => {
  const first = setup()
  const { handle, reader } = await first.open()
  const closed = codeOf(first.use('closed', handle))
  await first.use('close', handle)
  expect([await closed, (await reader.read()).done]).toEqual(['resolved', true])
  const second = setup()
  await second.open()
  second.caller.epoch.abort(new Error('over'))
  await settled()

  expect([first.port.calls.at(-1), second.port.calls.at(-1)]).toEqual(['close', 'close'])
})

test('goes on after an error of the line, with the stream that the port has then', async () => {
  const { port, open } = setup()
  const { reader } = await open()
  const reading = reader.read()
  await settled()
  const broken = port.device
  port.renew()
  broken?.error(new DOMException('', 'FramingError'))
  await settled()
  port.device?.enqueue(new Uint8Array([5]))

  expect([...((await reading).value ?? [])]).toEqual([5])
})

test('a port that another has open is left alone', async () => {
  const { port, open, use, caller } = setup()
  await open()
  caller.uploads.set(1, streamOf())

  expect(await codeOf(use('open', { baudRate: 9600 }, 1))).toBe('browser-refused')
  expect(port.calls).not.toContain('close')
})

test('needs a gesture, and says so where there is no Web Serial', async () => {
  const { use, caller } = setup({ isActive: false })
  expect(await codeOf(use('open', { baudRate: 9600 }, 1))).toBe('gesture-required')
  caller.uploads.set(1, streamOf())
  const gestures = gesturesOf(() => true)
  const none = createSerialCapability({ serial: undefined, chooser: new Chooser({ gestures, pause: () => () => undefined }), gestures })

  expect(await codeOf(call(none, caller, 'serial.open', { baudRate: 9600 }, 1))).toBe('not-supported')
})

test.each([
  [{}], [{ baudRate: 0 }], [{ baudRate: '9600' }], [{ baudRate: 9600, parity: 'mark' }], [{ baudRate: 9600, bufferSize: 2 ** 30 }], [{ baudRate: 9600, filters: [] }],
  [{ baudRate: 9600, filters: [{ productId: 1 }] }], [{ baudRate: 9600, filters: [{ vendorId: 65536 }] }], [{ baudRate: 9600, allowedBluetoothServiceClassIds: [] }],
])('refuses %o', async (options) => {
  const { asked, use } = setup()

  expect(await codeOf(use('open', options, 1))).toBe('invalid-argument')
  expect(asked).toEqual([])
})
