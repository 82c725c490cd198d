// @ts-check
/**
 * What a reset costs the next caller: the same two calls, one right after the other, of a `call` extension and of a `session` one. The second
 * call of the first waits for the reset; all else is equal. So the difference holds the reset and its message there and back.
 */
import { quantile, runProgram } from './tell.js'
import { installGuest } from '../subject/glovebox.js'

const ROUNDS = 60
const MIB = 2 ** 20
/** Of the growth beyond which an instance is replaced: 4 times the memory of the snapshot. */
const NEAR_CAP = 3.8

export default function program() {
  runProgram(async () => {
    const fresh = await installGuest('fresh', { lifetime: 'call' })
    const kept = await installGuest('kept')
    await timeAfter(fresh, 0)
    await timeAfter(kept, 0)
    const plainMs = await timeAfter(fresh, 0) - await timeAfter(kept, 0)

    const before = await memoryOf(fresh)
    const growth = Math.floor(before * (NEAR_CAP - 1) / MIB) * MIB
    await timeAfter(kept, growth)
    await fresh.call('grow', [growth])
    const after = await memoryOf(fresh)
    const growingMs = await timeAfter(fresh, growth) - await timeAfter(kept, growth)
    const grownMs = await timeAfter(fresh, 0) - await timeAfter(kept, 0)
    if (await memoryOf(fresh) !== after) throw new Error('the instance was replaced, not reset')
    return { plainMs, growingMs, grownMs, memoryMib: before / MIB, grownMib: after / MIB }
  })
}

/** Time of an empty call right after one that writes to `bytes` of fresh memory. @param {any} extension @param {number} bytes */
async function timeAfter(extension, bytes) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await extension.call('grow', [bytes])
    const started = performance.now()
    await extension.call('nothing', [0])
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}

/** @param {any} extension */
async function memoryOf(extension) {
  const { instances: [instance] } = await extension.inspect()
  return instance.memoryBytes
}
