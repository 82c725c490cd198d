/** Timers as an argument, so that tests hold the clock. */

/** Runs `run` once after `ms`; the returned function cancels. */
export type SetTimer = (run: () => void, ms: number) => () => void

/** The platform's timer. */
export const setTimer: SetTimer = (run, ms) => {
  const id = setTimeout(run, ms)
  return () => clearTimeout(id)
}
