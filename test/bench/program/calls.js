// @ts-check
/** Calls of a running instance, one after the other: small, and large there and back. In an isolated page, for its clock. */
import { quantile, runProgram } from './tell.js'

const WARM_UP = 300
const CALLS = 2000
const LARGE_CALLS = 25
const MIB = 2 ** 20

/** @param {import('../subject/subject.js').Subject} subject */
export default function program(subject) {
  runProgram(async () => {
    const instance = await subject.open(0)
    const small = () => ({ city: 'Paris', degrees: 21, tags: ['a', 'b'] })
    await timesOf(WARM_UP, small, instance)
    const calls = await timesOf(CALLS, small, instance)
    /** @type {Record<string, number>} */
    const numbers = { p50Ms: quantile(calls, 0.5), p99Ms: quantile(calls, 0.99) }
    if (instance.ask) numbers['askMs'] = quantile(await timesOf(CALLS / 2, small, { ...instance, echo: instance.ask }), 0.5)
    if (!subject.isSmallOnly) {
      const text = 'abcdefgh'.repeat(MIB / 8)
      const tree = Array.from({ length: 1000 }, (_, index) => ({ id: index, name: `item ${index}`, tags: ['red', 'green'], at: [index / 3, 1], note: 'x'.repeat(24) }))
      numbers['bytesMs'] = quantile(await timesOf(LARGE_CALLS, () => new Uint8Array(MIB).fill(7), instance), 0.5)
      numbers['textMs'] = quantile(await timesOf(LARGE_CALLS, () => text, instance), 0.5)
      numbers['jsonMs'] = quantile(await timesOf(LARGE_CALLS, () => tree, instance), 0.5)
      numbers['jsonKb'] = JSON.stringify(tree).length / 1000
    }
    return numbers
  })
}

/** @param {number} count @param {() => unknown} makeValue  outside the time @param {import('../subject/subject.js').Instance} instance */
async function timesOf(count, makeValue, instance) {
  const times = []
  for (let index = 0; index < count; index += 1) {
    const value = makeValue()
    const started = performance.now()
    await instance.echo(value)
    times.push(performance.now() - started)
  }
  return times
}
