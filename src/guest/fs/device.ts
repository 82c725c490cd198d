/**
 * What stands behind stdin, stdout and stderr: bytes that come and go, without a position. Sources and sinks may wait. Not part of the tree.
 */
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { GuestSink, GuestSource } from '../outward.ts'

export interface Device {
  readonly kind: 'device'
  /** Bytes for one read, at most `max`; empty at the end. Undefined: it cannot be read. */
  readonly read?: (max: number) => MaybePromise<Uint8Array<ArrayBuffer>>
  /** Ends when a read would not wait; with how many bytes there are. */
  readonly whenReadable?: () => MaybePromise<number>
  /** Whether a read would wait now. */
  readonly isReadable?: () => boolean
  /** All of them; takes ownership. Undefined: it cannot be written. */
  readonly write?: (bytes: Uint8Array<ArrayBuffer>) => MaybePromise<void>
}

/** A file that is empty, and takes whatever is written. */
export const NULL_DEVICE: Device = {
  kind: 'device',
  read: () => new Uint8Array(0),
  whenReadable: () => 0,
  isReadable: () => true,
  write: () => {},
}

/** Reads a source piece by piece. A piece larger than a read is kept for the next. */
export function sourceDevice(source: GuestSource): Device {
  let left: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  let hasEnded = false
  let pending: MaybePromise<number> | undefined
  const fill = (): MaybePromise<number> => {
    if (left.length > 0 || hasEnded) return left.length
    // A source is read once at a time: a poll that gave up leaves its read to the next.
    pending ??= andThen(source.read(), (chunk) => {
      pending = undefined
      if (chunk === undefined) hasEnded = true
      else left = chunk
      return left.length > 0 ? left.length : fill()
    }, (error) => {
      pending = undefined
      throw error
    })
    const filling = pending
    if (left.length > 0 || hasEnded) pending = undefined
    return filling
  }
  return {
    kind: 'device',
    read: (max) => andThen(fill(), () => {
      const taken = left.slice(0, max)
      left = left.subarray(taken.length)
      return taken
    }),
    whenReadable: fill,
    isReadable: () => left.length > 0 || hasEnded,
  }
}

export function sinkDevice(sink: GuestSink): Device {
  return { kind: 'device', write: (bytes) => sink.write(bytes) }
}
