/** wasi:clocks 0.2: https://github.com/WebAssembly/WASI/tree/main/proposals/clocks */
import type { ImportTable, WasiContext } from './context.ts'
import { createTimer, Pollable } from './poll.ts'

const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n
/** What isolated pages see at best. */
const RESOLUTION_NS = 5_000n

const readDate = Date.now

export function createClocks({ outward, resources, now }: WasiContext): ImportTable {
  const nowNs = (): bigint => BigInt(Math.round(now() * 1_000_000))
  const subscribeInstant = (at: bigint): Pollable => new Pollable(resources, createTimer(outward, now, Number(at) / 1_000_000))
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:clocks/monotonic-clock', {
      now: nowNs,
      resolution: () => RESOLUTION_NS,
      subscribeInstant,
      subscribeDuration: (duration: bigint) => subscribeInstant(nowNs() + duration),
    }],
    ['wasi:clocks/wall-clock', { now: readWallClock, resolution: () => ({ seconds: 0n, nanoseconds: Number(NS_PER_MS) }) }],
  ])
}

function readWallClock(): { readonly seconds: bigint, readonly nanoseconds: number } {
  const ns = BigInt(readDate()) * NS_PER_MS
  return { seconds: ns / NS_PER_SECOND, nanoseconds: Number(ns % NS_PER_SECOND) }
}
