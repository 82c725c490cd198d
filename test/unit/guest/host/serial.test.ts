import { describe, expect, test } from 'vitest'
import { createSerial } from '../../../../src/guest/host/serial.ts'
import type * as Wit from '../../../../src/generated/serial.ts'
import { GLUE_DISPOSE } from '../../../../src/guest/wasi/resource.ts'
import { chunks, codeOf, createContext, FakeOutward, fails } from './harness.ts'

interface Held extends Record<typeof GLUE_DISPOSE, () => void> {
  vendorId(): number | undefined
  productId(): number | undefined
  read(): unknown
  write(bytes: Uint8Array): unknown
  setSignals(signals: Partial<Wit.OutputSignals>): unknown
  getSignals(): unknown
  close(): unknown
}

const SETTINGS = { baudRate: 9600, dataBits: 8, stopBits: undefined, parity: 'even', flowControl: undefined, bufferSize: undefined } as const

function create(waits: 'jspi' | 'shared-buffer') {
  const outward = new FakeOutward(waits)
  outward.answers.set('serial.open', () => ({ handle: 3, stream: 2, vendorId: 1, productId: null }))
  outward.sources.set(2, chunks('abc'))
  const context = createContext(outward)
  const open = createSerial(context).open as (filters: readonly Wit.Filter[], settings: Wit.Settings) => unknown
  return { outward, context, open: async () => (await open([{ vendorId: 1, productId: undefined }], SETTINGS)) as Held }
}

describe.each(['jspi', 'shared-buffer'] as const)('a port, waiting by %s,', (waits) => {
  test('is opened with what was given alone, reads, writes and has signals', async () => {
    const { outward, open } = create(waits)
    outward.answers.set('serial.getSignals', () => ({ clearToSend: true, dataSetReady: 1 }))
    const port = await open()
    await port.write(new Uint8Array(5))
    await port.setSignals({ break: true, requestToSend: undefined })

    expect([port.vendorId(), port.productId()]).toEqual([1, undefined])
    expect(await port.read()).toEqual(new TextEncoder().encode('abc'))
    expect(await port.getSignals()).toEqual({ clearToSend: true, dataCarrierDetect: false, dataSetReady: false, ringIndicator: false })
    expect(outward.told).toEqual([
      ['serial.open', { baudRate: 9600, dataBits: 8, parity: 'even', filters: [{ vendorId: 1 }] }, 9],
      'write 5', ['serial.setSignals', 3, { break: true }], ['serial.getSignals', 3],
    ])
  })

  test('says that the device is lost, also to who writes', async () => {
    const { outward, open } = create(waits)
    const port = await open()
    outward.sources.set(2, fails('device-lost'))
    outward.onWrite = fails('internal') // a stream that nobody reads
    outward.answers.set('serial.closed', fails('permission-revoked'))

    expect([await codeOf(() => port.read()), await codeOf(() => port.read())]).toEqual(['device-lost', 'device-lost'])
    expect(await codeOf(() => port.write(new Uint8Array(1)))).toBe('permission-revoked')
    outward.answers.set('serial.closed', () => undefined)
    expect(await codeOf(() => port.write(new Uint8Array(1)))).toBe('device-lost')
  })

  test('is closed when it is dropped, once', async () => {
    const { outward, context, open } = create(waits)
    const port = await open()
    await port.read()
    await port.close()
    port[GLUE_DISPOSE]()

    expect(outward.told.slice(1)).toEqual(['cancel 2', 'end', ['serial.close', 3]])
    expect(context.resources.open).toBe(0)
    expect(await port.read()).toBeUndefined()
    expect(await codeOf(() => port.write(new Uint8Array(1)))).toBe('invalid-argument')
  })

  test('that was never read is closed by dropping it', async () => {
    const { outward, open } = create(waits)
    const port = await open()
    port[GLUE_DISPOSE]()

    expect(outward.told.slice(1)).toEqual(['cancel 2', 'end', ['serial.close', 3]])
  })

  test('that is refused leaves no stream behind', async () => {
    const { outward, context, open } = create(waits)
    outward.answers.set('serial.open', fails('cancelled'))

    expect(await codeOf(open)).toBe('cancelled')
    expect(outward.told.at(-1)).toBe('fail')
    expect(context.resources.open).toBe(0)
  })
})
