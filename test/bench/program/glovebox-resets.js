// @ts-check
/**
 * What a reset costs the next caller of a `call` extension: a call that is made at once after the one before waits for the reset, one made
 * a little later does not. The difference holds the reset and its message there and back.
 */
import { pause, quantile, runProgram } from './tell.js'
import { installGuest } from '../subject/glovebox.js'

const ROUNDS = 40
/** Longer than any reset. */
const REST_MS = 30
const MIB = 2 ** 20
const NEAR_CAP = 3.8

export default function program() {
  runProgram(async () => {
    const extension = await installGuest('resets', { lifetime: 'call' })
    const rested = await timeOf(extension, 0, true)
    const back = await timeOf(extension, 0, false)

    const before = await memoryOf(extension)
    const growth = Math.floor(before * (NEAR_CAP - 1) / MIB) * MIB
    await extension.call('grow', [growth])
    await pause(REST_MS)
    const after = await memoryOf(extension)
    const restedGrowing = await timeOf(extension, growth, true)
    const backGrowing = await timeOf(extension, growth, false)
    const restedGrown = await timeOf(extension, 0, true)
    const backGrown = await timeOf(extension, 0, false)
    if (await memoryOf(extension) !== after) throw new Error('the instance was replaced, not reset')
    return {
      plainMs: back - rested,
      /** The call before has written to all of the grown memory. */
      growingMs: backGrowing - restedGrowing,
      /** Memory had grown in an earlier call and was not touched since. */
      grownMs: backGrown - restedGrown,
      memoryMib: before / MIB, grownMib: after / MIB,
    }
  })
}

/** Time of an empty call; before it, one that allocates `bytes`, and a rest or none. @param {any} extension @param {number} bytes @param {boolean} rests */
async function timeOf(extension, bytes, rests) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause(REST_MS)
    await extension.call('grow', [bytes])
    if (rests) await pause(REST_MS)
    const started = performance.now()
    await extension.call('nothing', [0])
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}

/** @param {any} extension */
async function memoryOf(extension) {
  const [stats] = await extension.stats()
  return stats.memoryBytes
}
