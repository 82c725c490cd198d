// @ts-check
/** The guest's way out and back: many awaits in one call, without what the call itself takes, divided by their number. */
import { quantile, runProgram } from './tell.js'
import { installGuest } from '../subject/glovebox.js'

const AWAITS = 100
const CALLS = 20

export default function program() {
  runProgram(async () => {
    const extension = await installGuest('capabilities')
    await extension.call('remember', ['key', { degrees: 21 }])
    await timeOf(extension, 'query')
    const empty = await timeOf(extension, 'nothing')
    return { queryMs: (await timeOf(extension, 'query') - empty) / AWAITS, storageMs: (await timeOf(extension, 'storageGet') - empty) / AWAITS }
  })
}

/** @param {any} extension @param {string} name */
async function timeOf(extension, name) {
  const times = []
  for (let index = 0; index < CALLS; index += 1) {
    const started = performance.now()
    await extension.call(name, [AWAITS])
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}
