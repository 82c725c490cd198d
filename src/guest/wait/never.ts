/**
 * The way out of a guest whose imports cannot wait for the page: logging is all there is, and time passes by spinning. The page refuses guests
 * that need more.
 */
import { CapabilityFailure, type GuestSource, type Outward } from '../outward.ts'

/** One wait; a guest that waits longer asks again. */
const MAX_SPIN_MS = 100

const now = performance.now.bind(performance)

export function createNeverOutward(log: Outward['log']): Outward {
  const refuse = (): never => {
    throw new CapabilityFailure('internal', 'No import can wait for an answer in this browser.')
  }
  const source: GuestSource = { read: refuse, cancel: () => undefined }
  return {
    waits: 'never',
    capability: refuse,
    acceptStream: () => source,
    openStream: refuse,
    sleep(ms) {
      const until = now() + Math.min(ms, MAX_SPIN_MS)
      while (now() < until);
    },
    log,
  }
}
