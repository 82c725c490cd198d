// @ts-check
/**
 * `npm test`: installs what is missing (node_modules, a browser), builds, then runs the unit tests in Node, the browser suite in every
 * engine, and the built demo from end to end. Arguments go to vitest: `npm test -- test/browser/frame.test.ts`; `--project firefox` runs that project only.
 * Without further arguments, files that failed run once more, each alone in a fresh browser: a stalled worker does not fail a whole run, and is
 * named.
 */
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { provideChromium } from './chromium.mjs'
import { installDependencies } from './dependencies.mjs'
import { findFirefox, findWebKit } from './engines.mjs'
import { describeFailures } from './failures.mjs'
import { filesToRepeat, mergeRuns } from './flaky.mjs'
import { forgetReport, readOutcome, readReport, reportFile, reportLoss, writeReport } from './results.mjs'
import { exitWith, ROOT, run, say } from './run.mjs'

/** One run that hangs must not hang the whole. */
const RUN_TIMEOUT_MS = 2_100_000

/** For all files of a project that run again. */
const AGAIN_TIMEOUT_MS = 600_000

/** Projects that run side by side where there are two cores: most of a test is waiting. About as long as each other. */
const LANES = [['chromium', 'chromium-isolated', 'firefox'], ['unit', 'webkit', 'webkit-loops', 'e2e', 'firefox-isolated']]

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')

await exitWith(() => main(process.argv.slice(2)))

/** @param {readonly string[]} args */
async function main(args) {
  await installDependencies()
  const { projects, rest } = splitProjects(args)
  const wanted = await available(projects)
  const isBuilt = (await run(process.execPath, [join(ROOT, 'src/build/build.mjs')])) === 0
  const lines = isBuilt ? [] : ['The build failed, so no browser tests were run.']
  let failures = isBuilt ? 0 : 1
  const runnable = isBuilt ? wanted : wanted.filter((name) => name === 'unit')
  const lanes = LANES.map((lane) => lane.filter((project) => runnable.includes(project))).filter((lane) => lane.length > 0)
  const isWide = lanes.length > 1 && availableParallelism() > 1
  const results = await Promise.all((isWide ? lanes : [lanes.flat()]).map((lane) => runLane(lane, rest, isWide)))
  for (const outcome of results.flat()) {
    lines.push(outcome.line)
    if (outcome.hasFailed) failures += 1
  }
  say(`\n${lines.join('\n')}`)
  return failures > 0 ? 1 : 0
}

/** @param {readonly string[]} args */
function splitProjects(args) {
  /** @type {string[]} */
  const projects = []
  /** @type {string[]} */
  const rest = []
  args.forEach((arg, index) => {
    if (arg === '--project') return
    if (args[index - 1] === '--project') projects.push(arg)
    else if (arg.startsWith('--project=')) projects.push(arg.slice('--project='.length))
    else rest.push(arg)
  })
  return { projects, rest }
}

/** The projects to run; says which engines are not there. @param {readonly string[]} projects */
async function available(projects) {
  const isWanted = (/** @type {string} */ name) => projects.length === 0 || projects.includes(name)
  if (isWanted('chromium') || isWanted('chromium-isolated') || isWanted('e2e')) process.env['GLOVEBOX_CHROMIUM'] = await provideChromium()
  const missing = new Map([['firefox', findFirefox()], ['webkit', findWebKit()]].flatMap(([name, search]) => {
    return typeof name === 'string' && typeof search === 'object' && search.path === undefined ? [[name, search.tried]] : []
  }))
  for (const [name, tried] of missing) if (projects.length === 0 || projects.some((project) => project.startsWith(name))) say(`${name}: not run, because it is not installed (looked for ${tried.join(', ')})`)
  return LANES.flat().filter((name) => isWanted(name) && !missing.has(name.replace(/-.*/, '')))
}

/** One after the other. @param {readonly string[]} projects @param {readonly string[]} rest @param {boolean} isLabelled */
async function runLane(projects, rest, isLabelled) {
  const outcomes = []
  for (const project of projects) {
    say(`\n${project}`)
    outcomes.push(await runProject(project, rest, isLabelled ? project : undefined))
  }
  return outcomes
}

/** @param {string} project @param {readonly string[]} rest @param {string | undefined} label */
async function runProject(project, rest, label) {
  const started = Date.now()
  const exitCode = await runVitest(project, { name: project, args: rest, timeoutMs: RUN_TIMEOUT_MS, label })
  const isGreen = exitCode === 0 || (rest.length === 0 && await runAgain(project, label))
  const report = readReport(project)
  if (!report) reportLoss(project)
  const seconds = Math.round((Date.now() - started) / 1000)
  const flaky = report?.flaky ? `, ${report.flaky} flaky` : ''
  const counts = report ? `${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped${flaky}` : 'ended without a report'
  const hasFailed = !isGreen || !report
  const outcome = hasFailed ? readOutcome(project) : undefined
  const details = [...(outcome === undefined ? [] : describeFailures(outcome)), ...flakyLines(project)]
  return { line: [`${project}: ${counts} (${seconds} s, exit code ${exitCode})`, ...details].join('\n'), hasFailed }
}

/** Where the reports of single files go: not among those that are summed up. @param {string} project @param {number} index */
function nameAgain(project, index) {
  return `again/${project}-${index}`
}

/**
 * Runs the files that failed once more and puts both runs together in the project's report. True when nothing failed twice.
 *
 * @param {string} project
 * @param {string | undefined} label
 */
async function runAgain(project, label) {
  const first = readOutcome(project)
  const files = first === undefined ? [] : filesToRepeat(first)
  if (first === undefined || files.length === 0) return false
  const until = Date.now() + AGAIN_TIMEOUT_MS
  /** @type {Map<string, import('./flaky.mjs').Outcome | undefined>} */
  const again = new Map()
  for (const [index, file] of files.entries()) {
    const name = nameAgain(project, index)
    const timeoutMs = until - Date.now()
    say(`\n${project}, again: ${relative(ROOT, file)}`)
    if (timeoutMs > 0) await runVitest(project, { name, args: [file], timeoutMs, label })
    again.set(file, timeoutMs > 0 ? readOutcome(name) : undefined)
  }
  const { report, isGreen } = mergeRuns(first, again)
  writeReport(project, report)
  for (const line of flakyLines(project)) say(line)
  return isGreen
}

/** @param {string} project @returns {readonly string[]} */
function flakyLines(project) {
  return (readOutcome(project)?.report.flaky ?? []).map((test) => `flaky: ${test}`)
}

/** @param {string} project @param {{ readonly name: string, readonly args: readonly string[], readonly timeoutMs: number, readonly label: string | undefined }} options */
function runVitest(project, { name, args, timeoutMs, label }) {
  forgetReport(name)
  const reporters = ['default', 'json', join(ROOT, 'src/build/unhandled-reporter.mjs')].map((reporter) => `--reporter=${reporter}`)
  const all = ['--project', project, '--passWithNoTests', ...reporters, `--outputFile.json=${reportFile(name)}`, ...args]
  return run(process.execPath, [VITEST, 'run', ...all], { timeoutMs, label })
}
