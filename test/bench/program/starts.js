// @ts-check
/** A second, and further, instance on a page that has one: until it is ready, before any call. */
import { pause, quantile, runProgram } from './tell.js'

const STARTS = 8

/** @param {import('../subject/subject.js').Subject} subject */
export default function program(subject) {
  runProgram(async () => {
    await subject.open(0)
    const times = []
    for (let index = 1; index <= STARTS; index += 1) {
      await pause(200)
      const started = performance.now()
      await subject.open(index)
      times.push(performance.now() - started)
    }
    return { startMs: quantile(times, 0.5) }
  })
}
