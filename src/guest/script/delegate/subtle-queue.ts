/**
 * Native crypto goes on when its worker or its epoch has ended. So few operations run at once and the others wait here, where they end
 * with the worker; the count is the worker's, not the epoch's, or a guest could begin more with every reset.
 */
import { DelegateError } from '../bridge.ts'

const MAX_RUNNING = 4
const MAX_PENDING = 256
const MAX_PENDING_BYTES = 32 * 2 ** 20

const state = { running: 0, pending: 0, bytes: 0 }
const waiting: (() => void)[] = []

/** @throws {DelegateError} QuotaExceededError */
export function requireRoom(bytes: number): void {
  if (state.pending >= MAX_PENDING || (state.pending > 0 && state.bytes + bytes > MAX_PENDING_BYTES)) {
    throw new DelegateError('QuotaExceededError', `At most ${MAX_PENDING} operations with ${MAX_PENDING_BYTES} bytes may wait`)
  }
}

/** Runs `work` when everything that waits now has begun. */
export function afterWaiting(work: () => void): void {
  const begin = (): void => void Promise.resolve().then(work) // the one before begins in a microtask, too
  if (waiting.length === 0) return begin()
  waiting.push(() => {
    begin()
    pass()
  })
}

/** Gives the place of one that has ended to the next. */
function pass(): void {
  const next = waiting.shift()
  if (next === undefined) state.running--
  else next()
}

/** Runs `work` when it is its turn. `bytes`: what waits with it. */
export async function inTurn<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  state.pending++
  state.bytes += bytes
  try {
    if (state.running < MAX_RUNNING) state.running++
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    return await work()
  } finally {
    state.pending--
    state.bytes -= bytes
    pass()
  }
}
