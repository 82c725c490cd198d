/** `glovebox.serial`: serial devices that the user picks, as streams of bytes. */
import type { Bridge, GuestSink } from '../../bridge.ts'
import { createBodyStream } from '../body-stream.ts'
import { WritableStream } from '../streams.ts'
import { toBytes, toDictionary } from '../web-idl.ts'

/** What crosses at once. */
const PIECE_BYTES = 64 * 2 ** 10

export function createSerialArea(bridge: Bridge): object {
  return {
    async open(options: unknown): Promise<object> {
      const given = { ...toDictionary(options, 'serial.open') }
      const sink = bridge.openStream()
      try {
        return createPort(bridge, sink, toDictionary(await bridge.capability('serial.open', [given, sink.id]), 'serial.open'))
      } catch (error) {
        sink.fail('There is no port')
        throw error
      }
    },
  }
}

function createPort(bridge: Bridge, sink: GuestSink, { handle, stream, vendorId, productId }: Readonly<Record<string, unknown>>): object {
  const source = bridge.acceptStream(Number(stream))
  const closed = bridge.capability('serial.closed', [handle]).then(() => undefined)
  closed.catch(() => undefined) // told to whoever asks
  return Object.freeze({
    vendorId, productId,
    readable: createBodyStream({
      pull: async () => (await source.read()) as Uint8Array<ArrayBuffer> | undefined, // there is no SharedArrayBuffer in the guest
      cancel: () => source.cancel(),
    }),
    writable: createWritable(sink, closed),
    closed,
    async setSignals(signals: unknown): Promise<void> {
      await bridge.capability('serial.setSignals', [handle, { ...toDictionary(signals, 'serial.setSignals') }])
    },
    async getSignals(): Promise<unknown> {
      return bridge.capability('serial.getSignals', [handle])
    },
    async close(): Promise<void> {
      await bridge.capability('serial.close', [handle])
    },
  })
}

/** Sent bytes of a port that is gone vanish without a word: its end is heard of by `closed`. */
function createWritable(sink: GuestSink, closed: Promise<unknown>): WritableStream<unknown> {
  return new WritableStream<unknown>({
    start(controller) {
      closed.then(() => controller.error(new TypeError('The port is closed')), (error: unknown) => controller.error(error))
    },
    async write(chunk) {
      const bytes = toBytes(chunk, 'serial')
      for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) await sink.write(bytes.slice(offset, offset + PIECE_BYTES))
    },
    close: () => sink.end(),
    abort: () => sink.end(),
  })
}
