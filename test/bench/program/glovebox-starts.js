// @ts-check
/**
 * `start()` of installed, stopped extensions: with the spare ready, and right after another extension took the spare. Nothing tells from
 * outside that a spare is ready, so the page waits much longer than one takes.
 */
import { pause, quantile, runProgram } from './tell.js'
import { installGuest, openBox } from '../subject/glovebox.js'

const PAIRS = 6
/** The box waits before it makes a spare; then a start, of the spare itself. */
const SPARE_READY_MS = 3500

export default function program() {
  runProgram(async () => {
    await openBox()
    const withSpare = []
    const without = []
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [first, second] = [await installGuest(`a${pair}`), await installGuest(`b${pair}`)]
      await first.stop()
      await second.stop()
      await pause(SPARE_READY_MS)
      withSpare.push(await timeOf(() => first.start()))
      without.push(await timeOf(() => second.start()))
      await first.stop()
      await second.stop()
    }
    return { withSpareMs: quantile(withSpare, 0.5), withoutSpareMs: quantile(without, 0.5), withSpareMaxMs: Math.max(...withSpare) }
  })
}

/** @param {() => Promise<unknown>} work */
async function timeOf(work) {
  const started = performance.now()
  await work()
  return performance.now() - started
}
