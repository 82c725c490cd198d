/**
 * Waiting without JSPI: the worker posts a request, blocks on memory that it shares with its frame, and reads the answer there. The frame
 * writes what the page says; nothing of the guest's goes the other way.
 */
import { joinBytes } from '../../util/bytes.ts'
import type { ErrorRecord, Outcome } from '../../wire/payload.ts'
import { ABORTED_CODE, CELL, decodeAnswer, MAX_SLEEP_MS, PIECE_BYTES, PIECE_OFFSET, type WaitRequest } from '../../wire/shared-answer.ts'
import { decodeValue, encodeValue, GUEST_VALUE_LIMITS } from '../../wire/value.ts'
import { CallAborted, CapabilityFailure, type GuestSink, type GuestSource, type LogLevel, type Outward } from '../outward.ts'

/** From the frame, in the start message. */
export interface SharedLine {
  readonly port: MessagePort
  readonly memory: SharedArrayBuffer
}

const wait = Atomics.wait
const load = Atomics.load
const store = Atomics.store

export class SharedOutward implements Outward {
  readonly waits = 'shared-buffer'
  readonly #port: MessagePort
  readonly #cells: Int32Array
  readonly #bytes: Uint8Array
  readonly #log: Outward['log']

  /** @param log  lines go the ordinary way: nobody waits for them */
  constructor({ port, memory }: SharedLine, log: Outward['log']) {
    this.#port = port
    this.#cells = new Int32Array(memory, 0, PIECE_OFFSET / 4)
    this.#bytes = new Uint8Array(memory, PIECE_OFFSET, PIECE_BYTES)
    this.#log = log
  }

  capability(method: string, args: readonly unknown[]): unknown {
    const payload = encodeValue(args, GUEST_VALUE_LIMITS)
    return valueOf(this.#ask({ op: 'capability', method, payload }, payload.buffers))
  }

  acceptStream(id: number): GuestSource {
    return {
      read: () => {
        const chunk = valueOf(this.#ask({ op: 'read', stream: id }))
        return chunk instanceof Uint8Array && chunk.buffer instanceof ArrayBuffer ? new Uint8Array(chunk.buffer) : undefined
      },
      cancel: () => void this.#ask({ op: 'cancel', stream: id }),
    }
  }

  openStream(): { readonly id: number; readonly sink: GuestSink } {
    const id = Number(valueOf(this.#ask({ op: 'open' })))
    return { id, sink: {
      write: (bytes) => {
        for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
          const piece = bytes.slice(offset, offset + PIECE_BYTES).buffer
          valueOf(this.#ask({ op: 'write', stream: id, bytes: piece }, [piece]))
        }
      },
      end: () => void this.#ask({ op: 'end', stream: id }),
      fail: ({ code, message }) => void this.#ask({ op: 'fail', stream: id, code, message }),
    } }
  }

  sleep(ms: number): void {
    this.#ask({ op: 'sleep', ms: Math.min(Math.max(0, ms), MAX_SLEEP_MS) })
  }

  log(level: LogLevel, text: string): boolean {
    return this.#log(level, text)
  }

  #ask(request: WaitRequest, transfer: readonly ArrayBuffer[] = []): Outcome {
    const pieces: Uint8Array<ArrayBuffer>[] = []
    let isLast = false
    for (let next = request; !isLast; next = { op: 'more' }) {
      store(this.#cells, CELL.state, 0)
      this.#port.postMessage(next, next === request ? [...transfer] : [])
      wait(this.#cells, CELL.state, 0)
      isLast = load(this.#cells, CELL.isLast) === 1
      pieces.push(new Uint8Array(this.#bytes.subarray(0, load(this.#cells, CELL.bytes)))) // a copy, out of shared memory
    }
    const outcome = decodeAnswer(joinBytes(pieces)) ?? { ok: false, error: INTERNAL }
    if (!outcome.ok && outcome.error.code === ABORTED_CODE) throw new CallAborted()
    return outcome
  }
}

const INTERNAL: ErrorRecord = { name: 'Error', message: 'The host sent an unknown answer.', code: 'internal', stack: '' }

function valueOf(outcome: Outcome): unknown {
  if (!outcome.ok) throw new CapabilityFailure(outcome.error.code, outcome.error.message)
  return decodeValue(outcome.value)
}
