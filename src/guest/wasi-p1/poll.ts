/** `poll_oneoff`: waiting for a clock or for a stream. https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#poll_oneoff */
import { andThen, type MaybePromise } from '../wait/maybe.ts'
import type { Preview1Context } from './context.ts'
import { isDevice, isFile } from './descriptors.ts'
import { ERRNO, errnoOf, WasiError } from './errno.ts'
import { wasiFunction, type WasiFunctions } from './functions.ts'
import { EVENT_SIZE, eventBytes, SUBSCRIPTION_SIZE, type PollEvent } from './layout.ts'
import { RIGHT } from './rights.ts'

const TYPE = { clock: 0, read: 1, write: 2 } as const
const ABSOLUTE = 1
const REALTIME = 0
const MONOTONIC = 1
const MAX_SUBSCRIPTIONS = 1024
/** What a timer of the platform can wait for. */
const MAX_SLEEP_MS = 2 ** 31 - 1
const NS_PER_MS = 1_000_000n

/** One thing that is waited for: there already, or at a time, or when a stream has bytes. */
type Waiting =
  | { readonly kind: 'event', readonly event: PollEvent }
  | { readonly kind: 'clock', readonly event: PollEvent, readonly ms: number }
  | { readonly kind: 'stream', readonly event: PollEvent, readonly whenReadable: () => MaybePromise<number> }

export function pollFunctions(context: Preview1Context): WasiFunctions {
  const { memory } = context
  return {
    poll_oneoff: wasiFunction(['i32', 'i32', 'i32', 'i32'], (subscriptionsAt, eventsAt, count, sizeAt) => {
      if (count === 0 || count > MAX_SUBSCRIPTIONS) throw new WasiError('inval')
      memory.verify(subscriptionsAt, count * SUBSCRIPTION_SIZE)
      memory.verify(eventsAt, count * EVENT_SIZE)
      memory.verify(sizeAt, 4)
      const all = Array.from({ length: count }, (_, index) => parse(context, subscriptionsAt + index * SUBSCRIPTION_SIZE))
      const write = (events: readonly PollEvent[]): void => {
        for (const [index, event] of events.entries()) memory.write(eventsAt + index * EVENT_SIZE, eventBytes(event))
        memory.writeU32(sizeAt, events.length)
      }
      const ready = all.flatMap((one) => (one.kind === 'event' ? [one.event] : []))
      return ready.length > 0 ? write(ready) : andThen(wait(context, all), write)
    }),
  }
}

function parse(context: Preview1Context, at: number): Waiting {
  const { memory } = context
  const type = memory.readU8(at + 8)
  const event: PollEvent = { userdata: memory.readU64(at), type, errno: ERRNO.success, bytes: 0 }
  try {
    if (type === TYPE.clock) return parseClock(context, at + 16, event)
    if (type === TYPE.read || type === TYPE.write) return parseStream(context, memory.readU32(at + 16), event)
  } catch (error) {
    return { kind: 'event', event: { ...event, errno: errnoOf(error) } }
  }
  throw new WasiError('inval')
}

function parseClock({ memory, clock }: Preview1Context, at: number, event: PollEvent): Waiting {
  const id = memory.readU32(at)
  if (id !== REALTIME && id !== MONOTONIC) throw new WasiError('inval')
  const timeout = memory.readU64(at + 8)
  const isAbsolute = (memory.readU16(at + 24) & ABSOLUTE) !== 0
  const ns = isAbsolute ? timeout - (id === REALTIME ? clock.wall() : clock.monotonic()) : timeout
  return ns <= 0n ? { kind: 'event', event } : { kind: 'clock', event, ms: Math.min(Number(ns) / Number(NS_PER_MS), MAX_SLEEP_MS) }
}

function parseStream({ descriptors, outward }: Preview1Context, fd: number, event: PollEvent): Waiting {
  const descriptor = descriptors.get(fd, RIGHT.pollFdReadwrite)
  if (event.type === TYPE.write) return { kind: 'event', event }
  if (isFile(descriptor)) return { kind: 'event', event: { ...event, bytes: Math.max(0, descriptor.open.size - descriptor.position) } }
  if (!isDevice(descriptor) || descriptor.open.whenReadable === undefined) return { kind: 'event', event }
  const { isReadable, whenReadable } = descriptor.open
  // Where the worker blocks, nothing can be waited for beside it: the read that follows blocks as long as it must.
  if (outward.waits !== 'jspi') return { kind: 'event', event }
  return isReadable?.() === true ? { kind: 'event', event: { ...event, bytes: Number(whenReadable()) } } : { kind: 'stream', event, whenReadable }
}

/** None is there yet: until the first is. */
function wait({ outward }: Preview1Context, all: readonly Waiting[]): MaybePromise<readonly PollEvent[]> {
  const clocks = all.flatMap((one) => (one.kind === 'clock' ? [one] : []))
  const streams = all.flatMap((one) => (one.kind === 'stream' ? [one] : []))
  const ms = Math.min(...clocks.map((one) => one.ms))
  const due = (): readonly PollEvent[] => clocks.filter((one) => one.ms <= ms).map(({ event }) => event)
  const sleep = (): MaybePromise<readonly PollEvent[]> => andThen(outward.sleep(ms), due)
  if (streams.length === 0) return sleep()
  const arrivals = streams.map(async ({ event, whenReadable }): Promise<readonly PollEvent[]> => {
    try {
      return [{ ...event, bytes: await whenReadable() }]
    } catch (error) {
      return [{ ...event, errno: errnoOf(error) }]
    }
  })
  return Promise.race(clocks.length === 0 ? arrivals : [...arrivals, Promise.resolve(sleep())])
}
