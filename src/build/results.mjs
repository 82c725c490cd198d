// @ts-check
/**
 * Sums of vitest's JSON reports in test-results/. Run as a program it prints `N passed, N failed`; its argument is a number of failures
 * that no report shows (a step that ended before it could write one). Plain Node without dependencies.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, say } from './run.mjs'

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Sums */

const FOLDER = join(ROOT, 'test-results')

/** @param {string} name */
export function reportFile(name) {
  return join(FOLDER, `${name}.json`)
}

/** @param {string} name */
export function forgetReport(name) {
  rmSync(reportFile(name), { force: true })
}

/** A run that ended without a report counts as one failure in the sums. @param {string} name */
export function reportLoss(name) {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(reportFile(name), JSON.stringify({ numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] }))
}

/**
 * Undefined when the run ended before it wrote its report. A file that failed before its first test counts as one failure.
 *
 * @param {string} name
 * @returns {Sums | undefined}
 */
export function readReport(name) {
  const file = reportFile(name)
  if (!existsSync(file)) return undefined
  const report = JSON.parse(readFileSync(file, 'utf8'))
  /** @type {readonly { status: string, assertionResults: readonly { status: string }[] }[]} */
  const files = report.testResults
  const brokenFiles = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'))
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length, skipped: report.numPendingTests + report.numTodoTests }
}

/** @returns {Sums} */
export function sumOfReports() {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)) : []
  const reports = names.flatMap((name) => readReport(name) ?? [])
  /** @param {keyof Sums} key */
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed } = sumOfReports()
  say(`${passed} passed, ${Math.max(failed, Number(process.argv[2] ?? 0))} failed`)
}
