// @ts-check
/** Many instances: until all answer, and the memory of the browser's content processes with 1, 10 and 50 of them; or with 1 and 10 alone. */
import { pause, runProgram, tell } from './tell.js'

const SETTLE_MS = 1500

/** @param {import('../subject/subject.js').Subject} subject */
export default function program(subject) {
  runProgram(async () => {
    const instances = [await openOne(subject, 0)]
    await memory('mib1')
    instances.push(...await openMany(subject, 1, 10))
    await memory('mib10')
    if (subject.isSmallOnly) return {}
    instances.push(...await openMany(subject, 10, 50))
    await memory('mib50')
    const answers = await Promise.all(instances.map((instance, index) => instance.echo({ index })))
    if (answers.some(({ index }, place) => index !== place)) throw new Error('an instance gave a wrong answer')
    for (const instance of instances) await instance.stop()
    await pause(SETTLE_MS)

    const started = performance.now()
    await openMany(subject, 100, 150)
    return { ready50Ms: performance.now() - started }
  })
}

/** @param {import('../subject/subject.js').Subject} subject @param {number} from @param {number} to */
function openMany(subject, from, to) {
  return Promise.all(Array.from({ length: to - from }, (_, index) => openOne(subject, from + index)))
}

/** @param {import('../subject/subject.js').Subject} subject @param {number} index */
async function openOne(subject, index) {
  const instance = await subject.open(index)
  await instance.echo({ index })
  return instance
}

/** @param {string} name */
async function memory(name) {
  await pause(SETTLE_MS)
  await tell({ memory: name })
}
