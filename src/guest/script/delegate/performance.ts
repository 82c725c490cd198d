/** Clocks, coarsened to whole milliseconds: a finer one is a tool for timing attacks on the page's process. */
import type { Delegate } from '../bridge.ts'

const clock = globalThis.performance
const readClock = clock.now.bind(clock)
const timeOrigin = Math.floor(clock.timeOrigin)

export const performanceDelegate: Delegate = new Map([
  ['performance.now', () => Math.floor(readClock())],
  ['performance.timeOrigin', () => timeOrigin],
])
