// @ts-check
/**
 * `npm run bench`: measures glovebox and what people would use instead, in one browser, side by side. Every page is a new profile; each
 * round opens all of them, so that a slow minute of the machine falls on all alike; the table shows medians over the rounds.
 * Writes the table to stdout and every number to .cache/bench/result.json.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run, say } from '../../src/build/run.mjs'
import { openBrowser } from './browser.mjs'
import { bundlePages, writePackage } from './bundle.mjs'
import { jcoFolder, writeGuests } from './guests.mjs'
import { describeMachine, untilQuiet } from './machine.mjs'
import { contentMemoryMib } from './memory.mjs'
import { readOptions } from './options.mjs'
import { PAGES } from './rows.mjs'
import { startServer } from './server.mjs'
import { measureSizes } from './sizes.mjs'
import { median } from './statistics.mjs'
import { renderTable } from './table.mjs'

const FOLDER = join(ROOT, '.cache/bench')
const DIST = join(ROOT, 'dist')
const PAGE_TIMEOUT_MS = 120_000

/** @typedef {Map<string, Map<string, number[]>>} Samples  page, field, one number a round */

process.exit(await main(process.argv.slice(2)).catch((/** @type {unknown} */ error) => {
  say(error instanceof Error ? error.stack ?? error.message : String(error))
  return 1
}))

/** @param {readonly string[]} args */
async function main(args) {
  const options = readOptions(args)
  if (options.builds && (await run(process.execPath, [join(ROOT, 'src/build/build.mjs')])) !== 0) return 1
  const guests = join(FOLDER, 'guests')
  const missing = await writeGuests(guests)
  for (const [guest, how] of missing) say(`skipped: pages with ${guest}, which is not built (${how})`)
  const wanted = PAGES.filter(({ name }) => options.only.length === 0 || options.only.some((text) => name.includes(text)))
  const pages = wanted.filter(({ guest }) => guest === undefined || !missing.has(guest))
  await bundlePages([...new Set(pages.map(({ name }) => name))], join(FOLDER, 'site'), jcoFolder(guests))
  await writePackage(join(FOLDER, 'package'))

  const server = await startServer({ bench: join(FOLDER, 'site'), dist: DIST, package: join(FOLDER, 'package'), guests })
  const browser = await openBrowser(options.engine)
  /** @type {Samples} */
  const samples = new Map()
  /** @type {number[]} */
  const busy = []
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      for (const page of pages.filter(({ every = 1 }) => round % every === 0)) {
        const numbers = await measurePage(browser, server, page, busy)
        keep(samples, page.after ? `+${page.name}` : page.name, numbers)
        say(`round ${round + 1} ${page.after ? '(second load) ' : ''}${page.name} ${JSON.stringify(numbers)}`)
      }
    }
  } finally {
    await browser.close()
    await server.close()
  }
  keep(samples, 'sizes', await measureSizes(DIST))
  await report(samples, `${browser.version}, ${describeMachine()}; busy with other work before a page: median ${percent(median(busy))}, most ${percent(Math.max(...busy))}; medians of ${options.rounds} rounds`)
  return 0
}

/**
 * One page in a profile of its own. A new window's own start (Chromium loads its address bar's pages then) is waited for: users have one.
 *
 * @param {import('./browser.mjs').Browser} browser @param {import('./server.mjs').BenchServer} server @param {import('./rows.mjs').Page} page
 * @param {number[]} busy  gets the share of the processor that others had
 * @returns {Promise<Record<string, number>>}
 */
async function measurePage(browser, server, page, busy) {
  const profile = await browser.newProfile()
  try {
    if (page.after) await open(profile, server, { name: page.after })
    busy.push(await untilQuiet())
    return await open(profile, server, page)
  } catch (error) {
    throw new Error(`${page.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    await profile.close()
  }
}

/** @param {import('./browser.mjs').Profile} profile @param {import('./server.mjs').BenchServer} server @param {import('./rows.mjs').Page} page @returns {Promise<Record<string, number>>} */
async function open(profile, server, page) {
  const runName = randomUUID()
  /** @type {Record<string, number>} */
  const memory = {}
  /** @type {Promise<Record<string, number>>} */
  const finished = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no result within ${PAGE_TIMEOUT_MS / 1000} s`)), PAGE_TIMEOUT_MS)
    server.listen(runName, async (report) => {
      if (report.memory) memory[report.memory] = (await contentMemoryMib()) ?? NaN
      if (report.memory) return
      clearTimeout(timer)
      if (report.done) resolve({ ...report.done, ...memory })
      else reject(new Error(report.failed))
    })
  })
  await profile.open(`${server.origin}/${page.isolated ? 'isolated' : 'page'}/${page.name}?run=${runName}`)
  return finished
}

/** @param {Samples} samples @param {string} page @param {Readonly<Record<string, number>>} numbers */
function keep(samples, page, numbers) {
  const fields = samples.get(page) ?? new Map()
  samples.set(page, fields)
  for (const [field, number] of Object.entries(numbers)) {
    if (typeof number === 'number') fields.set(field, [...(fields.get(field) ?? []), number])
  }
}

/** @param {Samples} samples @param {string} conditions */
async function report(samples, conditions) {
  const { text, missed, values } = renderTable((page, field) => median(samples.get(page)?.get(field) ?? []))
  const all = Object.fromEntries([...samples].map(([page, fields]) => [page, Object.fromEntries(fields)]))
  await mkdir(FOLDER, { recursive: true })
  await writeFile(join(FOLDER, 'result.json'), JSON.stringify({ conditions, values, missed, samples: all }, null, 2))
  say(`\n${conditions}\n\n${text}\n`)
  say(missed.length === 0 ? 'Every target that was measured is met.' : `Missed:\n${missed.map((line) => `- ${line}`).join('\n')}`)
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)} %`
}
