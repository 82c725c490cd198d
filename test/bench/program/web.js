// @ts-check
/** The web's API at work, the median of a few calls each, without what an empty call takes. */
import DOCUMENT from '../../../node_modules/handlebars/release-notes.md?raw'
import MORE from '../../../node_modules/diff/README.md?raw'
import { runProgram, timeOf } from './tell.js'

const CALLS = 7
const BODY_BYTES = 10_000_000
const TEXT = `${DOCUMENT}\n\n${MORE}`

/** @param {import('../subject/subject.js').Subject} subject */
export default function program(subject) {
  runProgram(async () => {
    if (subject.openWeb === undefined) throw new Error('this subject has no openWeb')
    const web = await subject.openWeb()
    /** @type {Record<string, number>} */
    const numbers = { markdown10Ms: await timeOf(CALLS, () => web.call('render', TEXT.slice(0, 10_000))), markdown100Ms: await timeOf(CALLS, () => web.call('render', TEXT.slice(0, 100_000))) }
    if (subject.isMarkdownOnly) return numbers
    const empty = await timeOf(CALLS, () => web.call('nothing'))
    const work = /** @type {const} */ ([['decodeMs', 'decode'], ['digestMs', 'digest'], ['compressMs', 'compress'], ['streamMs', 'stream', `${location.origin}/body/${BODY_BYTES}`]])
    for (const [field, call, ...args] of work) {
      // What this build of the library does not have leaves its row empty.
      const time = await timeOf(CALLS, () => web.call(call, ...args)).catch(() => NaN)
      if (!Number.isNaN(time)) numbers[field] = time - empty
    }
    return numbers
  })
}
