/**
 * Serial devices that the user picks in the browser's own chooser, which shows what both the grant and the request allow. Another kind of device
 * takes the same form: an `open` through the chooser, a connection with byte streams, a handle.
 */
import { PermissionError } from '../errors.ts'
import { intersectFilters, isWithinFilter, type DeviceFilter } from '../manifest/device-filter.ts'
import { parseArguments, parseFields, parseInteger, refuse } from './arguments.ts'
import type { Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { CapabilityError } from './capability.ts'
import type { Chooser } from './chooser.ts'
import { GuestHandles } from './guest-handles.ts'
import { notSupported, usePlatform, type Gestures } from './platform.ts'
import { SerialConnection, type SerialPortLike } from './serial-connection.ts'

const MAX_FILTERS = 64
const MAX_USB_ID = 0xffff
const MAX_BAUD = 2 ** 24
const MAX_BUFFER = 2 ** 20
const CHOICES = { dataBits: [7, 8], stopBits: [1, 2], parity: ['none', 'even', 'odd'], flowControl: ['none', 'hardware'] } as const
const SIGNALS = ['dataTerminalReady', 'requestToSend', 'break']

export interface SerialOptions {
  /** `navigator.serial`, where there is one. */
  readonly serial: { requestPort(options: object): Promise<SerialPortLike> } | undefined
  readonly chooser: Chooser
  readonly gestures: Pick<Gestures, 'isActive'>
}

/**
 * `serial.open(options, stream)` sends the guest's stream to the device, and gives `{handle, stream, vendorId, productId}`;
 * `serial.closed(handle)` waits for the end, and rejects where it was not asked for; `serial.setSignals(handle, signals)`, `serial.getSignals(handle)`, `serial.close(handle)`.
 */
export function createSerialCapability(options: SerialOptions): Capability {
  const ports = new GuestHandles<SerialConnection>({ limit: 'ports', what: 'a port', onGone: (connection) => connection.end() })
  const open: CapabilityMethod = (args, context) => openPort(args, context, options, ports)
  const others: Readonly<Record<string, CapabilityMethod>> = {
    closed: async (args, context) => {
      parseArguments('serial.closed', args, 1)
      return ports.get(context.signal, args[0]).closed
    },
    setSignals: async (args, context) => {
      parseArguments('serial.setSignals', args, 2)
      const port = await ports.get(context.signal, args[0]).use()
      const signals = parseSignals(args[1])
      await port.setSignals(signals).catch(lostOrRefused)
    },
    getSignals: async (args, context) => {
      parseArguments('serial.getSignals', args, 1)
      const port = await ports.get(context.signal, args[0]).use()
      const signals = new Map<string, unknown>(Object.entries(await port.getSignals().catch(lostOrRefused)))
      const names = ['clearToSend', 'dataCarrierDetect', 'dataSetReady', 'ringIndicator']
      return Object.fromEntries(names.map((name) => [name, signals.get(name) === true]))
    },
    close: async (args, context) => {
      parseArguments('serial.close', args, 1)
      ports.remove(context.signal, args[0])
    },
  }
  const methods = [['open', open] as const, ...Object.entries(others).map(([name, method]) => [name, underGrant(method)] as const)]
  return { name: 'serial', methods: new Map(methods.map(([name, method]) => [`serial.${name}`, method])) }
}

/** It goes on under the grant that the port was opened with. */
function underGrant(method: CapabilityMethod): CapabilityMethod {
  return (args, context) => {
    context.uses('serial:open', { kind: 'device' })
    return method(args, context)
  }
}

async function openPort(
  args: readonly unknown[], context: CapabilityContext, { serial, chooser, gestures }: SerialOptions, ports: GuestHandles<SerialConnection>,
): Promise<unknown> {
  const upload = context.receiveStream(parseInteger('stream', args[1], 0, Number.MAX_SAFE_INTEGER))
  try {
    parseArguments('serial.open', args, 2)
    const { filters: asked, ...line } = parseOptions(args[0])
    const grant = await context.authorize('serial:open', { kind: 'device', filters: asked })
    const filters = intersectFilters(grant.filters, asked)
    // Whatever lets an empty list come here: a chooser shows every device for one.
    if (filters?.length === 0) throw new PermissionError('permission-denied', 'The grant covers none of the devices that are asked for.')
    if (serial === undefined) throw notSupported('Serial ports')
    ports.check(context.signal)
    const shown = filters ? { filters: filters.map(toUsb) } : {}
    const port = await chooser.choose({ what: 'Choosing a device', context, grant, open: () => serial.requestPort(shown) })
    const device = describe(port)
    if (!isAmong(device, filters)) throw new CapabilityError('browser-refused', 'The browser gave a device that is not granted.')
    const drop = (): void => void port.close().catch(() => undefined)
    await usePlatform('Opening the device', { context, grant, gestures, drop }, () => port.open(line))
    const signal = AbortSignal.any([context.signal, grant.signal])
    const connection = new SerialConnection(port, { signal, upload, waiting: () => context.waiting() })
    try {
      return { handle: ports.add(context.signal, connection), stream: context.sendStream(connection.received), ...device }
    } catch (error) {
      connection.end(error)
      throw error
    }
  } finally {
    // The guest must not go on sending what nobody reads.
    if (!upload.locked) void upload.cancel().catch(() => undefined)
  }
}

interface Device {
  readonly vendorId: number | null
  readonly productId: number | null
}

function describe(port: SerialPortLike): Device {
  const { usbVendorId = null, usbProductId = null } = port.getInfo()
  return { vendorId: usbVendorId, productId: usbProductId }
}

function isAmong({ vendorId, productId }: Device, filters: readonly DeviceFilter[] | undefined): boolean {
  if (filters === undefined) return true
  if (vendorId === null) return false
  return filters.some((filter) => isWithinFilter({ vendorId, ...(productId !== null && { productId }) }, filter))
}

function toUsb({ vendorId, productId }: DeviceFilter): object {
  return { usbVendorId: vendorId, ...(productId !== undefined && { usbProductId: productId }) }
}

function lostOrRefused(cause: unknown): never {
  throw new CapabilityError('device-lost', 'The device does not answer, or does not have this.', { cause })
}

function parseOptions(input: unknown): Readonly<Record<string, unknown>> & { readonly filters: readonly DeviceFilter[] | undefined } {
  const fields = parseFields('options', input, ['filters', 'baudRate', 'bufferSize', ...Object.keys(CHOICES)])
  const line = new Map<string, unknown>()
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = fields.get(name)
    const known: readonly unknown[] = choices
    if (value !== undefined) line.set(name, known.includes(value) ? value : refuse(name, `one of ${choices.join(', ')}`, value))
  }
  const bufferSize = fields.get('bufferSize')
  if (bufferSize !== undefined) line.set('bufferSize', parseInteger('bufferSize', bufferSize, 1, MAX_BUFFER))
  const filters = fields.get('filters')
  return {
    ...Object.fromEntries(line),
    baudRate: parseInteger('baudRate', fields.get('baudRate'), 1, MAX_BAUD),
    filters: filters === undefined ? undefined : parseFilters(filters),
  }
}

function parseFilters(input: unknown): readonly DeviceFilter[] {
  if (!Array.isArray(input) || input.length === 0 || input.length > MAX_FILTERS) return refuse('filters', `a list of 1 to ${MAX_FILTERS}`, input)
  return (input as readonly unknown[]).map((item) => { // an array by the check above
    const fields = parseFields('filter', item, ['vendorId', 'productId'])
    const vendorId = parseInteger('vendorId', fields.get('vendorId'), 0, MAX_USB_ID)
    const productId = fields.get('productId')
    return productId === undefined ? { vendorId } : { vendorId, productId: parseInteger('productId', productId, 0, MAX_USB_ID) }
  })
}

function parseSignals(input: unknown): object {
  const fields = parseFields('signals', input, SIGNALS)
  for (const [name, value] of fields) if (typeof value !== 'boolean') refuse(name, 'true or false', value)
  return Object.fromEntries(fields)
}
