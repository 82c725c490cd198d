// @ts-check
/** What a fresh instance for each call costs the next caller: the same call right after another, of a `call` extension and of a `session` one. */
import { quantile, runProgram } from './tell.js'
import { installCopy } from '../subject/guest.js'

const ROUNDS = 200

/** @param {import('../subject/subject.js').Subject} subject */
export default function program({ guest }) {
  runProgram(async () => {
    if (guest === undefined) throw new Error('this subject has no guest')
    const { work, name } = guest
    const fresh = await installCopy(name, { id: 'com.example.fresh', lifetime: 'call' })
    const kept = await installCopy(name, { id: 'com.example.kept', lifetime: 'session' })
    await timeAfter(work, fresh)
    await timeAfter(work, kept)
    return { resetMs: await timeAfter(work, fresh) - await timeAfter(work, kept) }
  })
}

/** @param {(extension: any) => Promise<unknown>} work @param {any} extension */
async function timeAfter(work, extension) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await work(extension)
    const started = performance.now()
    await work(extension)
    times.push(performance.now() - started)
  }
  return quantile(times, 0.5)
}
