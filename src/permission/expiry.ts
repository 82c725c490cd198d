/** Runs something at a time of the wall clock, however far away: engines' timers end at 2^31 ms, and stand still while a machine sleeps. */
import type { SetTimer } from '../util/timer.ts'

const MAX_TIMER_MS = 2 ** 31 - 1

export interface WallClock {
  /** ms since 1970. */
  readonly now: () => number
  readonly setTimer: SetTimer
}

/** @returns cancels it */
export function runAt({ now, setTimer }: WallClock, time: number, run: () => void): () => void {
  let cancel = (): void => undefined
  const arm = (): void => {
    const left = time - now()
    if (left <= 0) return run()
    cancel = setTimer(arm, Math.min(left, MAX_TIMER_MS))
  }
  cancel = setTimer(arm, Math.min(Math.max(time - now(), 0), MAX_TIMER_MS))
  return () => cancel()
}
