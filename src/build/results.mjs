// @ts-check
/**
 * Sums of vitest's JSON reports in test-results/. Run as a program it prints `N passed, N failed` (and `, N flaky` where tests passed
 * only when run again); its argument is a number of failures that no report shows. Plain Node without dependencies.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, say } from './run.mjs'

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number, readonly flaky: number }} Sums */

const FOLDER = join(ROOT, 'test-results')

/** @param {string} name */
export function reportFile(name) {
  return join(FOLDER, `${name}.json`)
}

/** @param {string} name */
export function forgetReport(name) {
  rmSync(reportFile(name), { force: true })
  rmSync(`${reportFile(name)}.unhandled`, { force: true })
}

/**
 * What a run with unhandled-reporter.mjs left; undefined when it ended before.
 *
 * @param {string} name
 * @returns {import('./flaky.mjs').Outcome | undefined}
 */
export function readOutcome(name) {
  const file = reportFile(name)
  if (!existsSync(file) || !existsSync(`${file}.unhandled`)) return undefined
  return { report: JSON.parse(readFileSync(file, 'utf8')), unhandled: JSON.parse(readFileSync(`${file}.unhandled`, 'utf8')) }
}

/** @param {string} name @param {import('./flaky.mjs').Report} report */
export function writeReport(name, report) {
  mkdirSync(dirname(reportFile(name)), { recursive: true })
  writeFileSync(reportFile(name), JSON.stringify(report))
}

/** A run that ended without a report counts as one failure in the sums. @param {string} name */
export function reportLoss(name) {
  writeReport(name, { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] })
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
  /** @type {import('./flaky.mjs').Report} */
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
    flaky: report.flaky?.length ?? 0,
  }
}

/** @returns {Sums} */
export function sumOfReports() {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)) : []
  const reports = names.flatMap((name) => readReport(name) ?? [])
  /** @param {keyof Sums} key */
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), flaky: sum('flaky') }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed, flaky } = sumOfReports()
  say(`${passed} passed, ${Math.max(failed, Number(process.argv[2] ?? 0))} failed${flaky > 0 ? `, ${flaky} flaky` : ''}`)
}
