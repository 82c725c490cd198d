// @ts-check
/**
 * What a second run of the files that failed says about a first one: what failed in one of the two only is flaky, and named; what failed in both
 * fails. Errors nobody handled count as a failure of their file. Pure: no processes, no files.
 */
import { relative } from 'node:path'
import { ROOT } from './run.mjs'

/** @typedef {{ readonly fullName: string, readonly status: string, readonly failureMessages?: readonly string[] | undefined }} OneTest */
/** @typedef {{ readonly name: string, readonly status: string, readonly message?: string, readonly assertionResults: readonly OneTest[] }} OneFile */
/**
 * vitest's JSON report, the part that is read. `flaky` is ours.
 *
 * @typedef {{
 *   readonly numPassedTests: number, readonly numFailedTests: number, readonly numPendingTests: number, readonly numTodoTests: number,
 *   readonly testResults: readonly OneFile[], readonly flaky?: readonly string[],
 * }} Report
 */
/** @typedef {{ readonly report: Report, readonly unhandled: readonly import('./unhandled-reporter.mjs').Unhandled[] }} Outcome */

/** More files than this that fail in one run are a real fault, not a stalled worker. */
export const MAX_FILES_AGAIN = 12

/** The files worth a second run; none when that would say nothing. @param {Outcome} outcome @returns {readonly string[]} */
export function filesToRepeat({ report, unhandled }) {
  const files = new Set(report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name))
  for (const { file } of unhandled) {
    if (file === undefined) return [] // no file's second run could clear it
    files.add(file)
  }
  return files.size <= MAX_FILES_AGAIN ? [...files] : []
}

/**
 * `again`: by file, the outcome of running it alone; undefined when it ended without a report.
 *
 * @param {Outcome} first
 * @param {ReadonlyMap<string, Outcome | undefined>} again
 * @returns {{ readonly report: Report, readonly isGreen: boolean }}
 */
export function mergeRuns(first, again) {
  /** @type {string[]} */
  const flaky = []
  const testResults = first.report.testResults.map((file) => {
    const second = again.get(file.name)
    return second === undefined ? file : mergeFile(file, { errors: first.unhandled, second, flaky })
  })
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status))
  const count = (/** @type {string} */ wanted) => statuses.filter((status) => status === wanted).length
  const counts = { numPassedTests: count('passed'), numFailedTests: count('failed'), numTodoTests: count('todo') }
  const numPendingTests = statuses.length - counts.numPassedTests - counts.numFailedTests - counts.numTodoTests
  const isCleared = first.unhandled.every(({ file }) => file !== undefined && again.get(file) !== undefined)
  return {
    report: { ...first.report, ...counts, numPendingTests, testResults, flaky },
    isGreen: isCleared && testResults.every(({ status }) => status !== 'failed'),
  }
}

/**
 * @param {OneFile} file
 * @param {{ readonly errors: Outcome['unhandled'], readonly second: Outcome, readonly flaky: string[] }} runs
 * @returns {OneFile}
 */
function mergeFile(file, { errors, second, flaky }) {
  const fileAgain = second.report.testResults.find(({ name }) => name === file.name)
  const tell = (/** @type {string} */ what) => void flaky.push(`${relative(ROOT, file.name)} > ${what}`)
  // A file that broke before its first test has none.
  const tests = file.assertionResults.length > 0 ? file.assertionResults : fileAgain?.assertionResults ?? []
  const assertionResults = tests.map((test, index) => {
    const then = fileAgain?.assertionResults[index]
    const both = [test.status, then?.fullName === test.fullName ? then.status : 'missing']
    const status = both.includes('passed') ? 'passed' : both.includes('failed') ? 'failed' : test.status
    if (status === 'passed' && both.includes('failed')) tell(test.fullName)
    return { ...test, status }
  })
  const firstErrors = errors.filter((error) => error.file === file.name)
  const wasBroken = isBroken(file) || firstErrors.length > 0
  const isBrokenAgain = fileAgain === undefined || isBroken(fileAgain) || second.unhandled.length > 0
  if (wasBroken !== isBrokenAgain) tell(nameOf([...firstErrors, ...second.unhandled][0]))
  const isFailed = (wasBroken && isBrokenAgain) || assertionResults.some(({ status }) => status === 'failed')
  return { ...file, assertionResults, status: isFailed ? 'failed' : 'passed' }
}

/** Failed before or beside its tests. @param {OneFile} file */
function isBroken({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((one) => one.status === 'failed')
}

/** @param {import('./unhandled-reporter.mjs').Unhandled | undefined} error */
function nameOf(error) {
  return error === undefined ? 'the file itself' : `an error nobody handled: ${error.message}`
}
