// @ts-check
/**
 * `start()` of an installed guest: with a cold worker in the box's spare frame, with a cold frame too, and on the worker that the extension
 * keeps booted beside the one that ran, after that one crashed. Nothing tells from outside that a spare is ready, so the page waits much longer.
 */
import { pause, quantile, runProgram } from './tell.js'
import { installCopy, SMALL_MEMORY } from '../subject/guest.js'

const ROUNDS = 6
/** The box waits before it makes a spare frame; then that one's own start. */
const FRAME_READY_MS = 3500
/** The same of an extension's own spare. */
const SPARE_READY_MS = 2000

/** @param {import('../subject/subject.js').Subject} subject */
export default function program({ guest }) {
  runProgram(async () => {
    if (guest === undefined) throw new Error('this subject has no guest')
    const extension = await installCopy(guest.name, guest.crash ? SMALL_MEMORY : {})
    /** @type {Record<'coldMs' | 'coldFrameMs' | 'spareMs' | 'firstCallMs', number[]>} */
    const times = { coldMs: [], coldFrameMs: [], spareMs: [], firstCallMs: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      await extension.stop()
      await pause(FRAME_READY_MS)
      times.coldMs.push(await timeOf(() => extension.start()))
      times.firstCallMs.push(await timeOf(() => guest.work(extension)))
      await extension.stop()
      times.coldFrameMs.push(await timeOf(() => extension.start()))
      if (guest.crash === undefined) continue
      await pause(SPARE_READY_MS)
      await crash(extension, guest.crash)
      times.spareMs.push(await timeOf(() => extension.start()))
    }
    return Object.fromEntries(Object.entries(times).filter(([, list]) => list.length > 0).map(([name, list]) => [name, quantile(list, 0.5)]))
  })
}

/** @param {any} extension @param {(extension: any) => Promise<unknown>} work */
async function crash(extension, work) {
  const error = await work(extension).then(() => undefined, (/** @type {any} */ reason) => reason)
  if (error === undefined || extension.state !== 'stopped') throw new Error(`the guest did not crash: ${error}, ${extension.state}`)
}

/** @param {() => Promise<unknown>} work */
async function timeOf(work) {
  const started = performance.now()
  await work()
  return performance.now() - started
}
