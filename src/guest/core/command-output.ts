/** Where stdout and stderr of a command go: collected up to a limit, or handed on as they come. */
import { LimitError } from '../../errors.ts'
import { joinBytes } from '../../util/bytes.ts'
import type { Device } from '../fs/device.ts'
import type { GuestSink, Outward } from '../outward.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface CommandOutput {
  readonly device: Device
  /** What was collected; after it nothing is written any more. Waits for what was handed on. */
  end(): Promise<Bytes>
  fail(): void
}

/** @param maxBytes  what may lie in memory; more ends the run with {LimitError} message-too-large */
export function collectOutput(maxBytes: number): CommandOutput {
  const chunks: Bytes[] = []
  const meter = new Meter(maxBytes)
  return {
    device: {
      kind: 'device',
      write: (bytes) => {
        meter.add(bytes.length)
        chunks.push(bytes)
      },
    },
    end: async () => joinBytes(chunks),
    fail: () => {},
  }
}

/** Where the guest cannot wait for the reader, what the reader has not taken yet lies in memory, up to the limit. */
export function streamOutput(sink: GuestSink, waits: Outward['waits'], maxBytes: number): CommandOutput {
  const meter = new Meter(maxBytes)
  let last: Promise<void> = Promise.resolve()
  const enqueue = (bytes: Bytes): void => {
    const { length } = bytes
    meter.add(length)
    last = last.then(() => sink.write(bytes)).then(() => meter.add(-length))
    last.catch(() => {}) // met at the end
  }
  return {
    device: { kind: 'device', write: waits === 'never' ? enqueue : (bytes) => sink.write(bytes) },
    async end() {
      await last
      sink.end()
      return new Uint8Array(0)
    },
    fail: () => sink.end(),
  }
}

class Meter {
  readonly #max: number
  #bytes = 0

  constructor(max: number) {
    this.#max = max
  }

  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#max) throw new LimitError('message-too-large', `A command wrote more than ${this.#max} bytes that nobody had read yet.`)
  }
}
