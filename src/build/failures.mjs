// @ts-check
/** What failed in a project, in lines for the summary: whoever sees only the end of a long output must learn it there. Pure. */
import { relative } from 'node:path'
import { ROOT } from './run.mjs'

/** Of each failure's text, in characters. */
const MAX_MESSAGE_LENGTH = 400

/** More than these that fail in one project have one cause. */
export const MAX_FAILURES_TOLD = 20

/** A line each, with the beginning of why. @param {import('./flaky.mjs').Outcome} outcome @returns {readonly string[]} */
export function describeFailures({ report, unhandled }) {
  const inFiles = report.testResults.filter(({ status }) => status === 'failed').flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName, failureMessages }) => describe(name, fullName, failureMessages?.[0]))
    return failed.length > 0 ? failed : [describe(name, 'the file itself', message)]
  })
  const lines = [...new Set([...inFiles, ...unhandled.map(({ file, message }) => describe(file, 'an error nobody handled', message))])]
  return lines.length > MAX_FAILURES_TOLD ? [...lines.slice(0, MAX_FAILURES_TOLD), `failed: ${lines.length - MAX_FAILURES_TOLD} more`] : lines
}

/** @param {string | undefined} file @param {string} what @param {string | undefined} why */
function describe(file, what, why) {
  const where = file === undefined ? '' : `${relative(ROOT, file)} > `
  const reason = (why ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE_LENGTH)
  return `failed: ${where}${what}${reason === '' ? '' : `: ${reason}`}`
}
