/** The engine's clocks, as coarse as it makes them. Taken once, before any guest runs. */
import type { Preview1Clock } from './context.ts'

const NS_PER_MS = 1_000_000

const readWall = Date.now
const readMonotonic = performance.now.bind(performance)

export const ENGINE_CLOCK: Preview1Clock = {
  wall: () => BigInt(readWall()) * BigInt(NS_PER_MS),
  monotonic: () => BigInt(Math.round(readMonotonic() * NS_PER_MS)),
  resolution: BigInt(NS_PER_MS),
}
