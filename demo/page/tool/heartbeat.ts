/** Measures how long the page stood still: a timer that should fire every 16 ms, and the longest it was late. */
export interface Heartbeat {
  /** Stops it; the longest gap between two beats, ms. */
  stop(): number
}

export function startHeartbeat(): Heartbeat {
  const state = { last: performance.now(), longest: 0 }
  const beat = (): void => {
    const now = performance.now()
    state.longest = Math.max(state.longest, now - state.last)
    state.last = now
  }
  const timer = setInterval(beat, 16)
  return {
    stop: () => {
      beat()
      clearInterval(timer)
      return state.longest
    },
  }
}
