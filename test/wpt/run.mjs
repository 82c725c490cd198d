// @ts-check
/**
 * `npm run conformance:web`: runs other people's tests of the common web API in an extension, in a plain worker of the same Chromium, and in
 * quickjs-emscripten without anything of ours; prints how many subtests pass. Writes what fails to .cache/conformance/<area>.txt.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { build } from 'vite'
import { provideChromium } from '../../src/build/chromium.mjs'
import { exitWith, ROOT, run, say } from '../../src/build/run.mjs'
import { selectTests } from './areas.mjs'
import { renderFailures, renderTable, WAYS } from './report.mjs'
import { startServer } from './server.mjs'
import { provideSuite } from './suite.mjs'

const USAGE = `npm run conformance:web -- [options]
  --suite FOLDER   a checkout of web-platform-tests; default: downloaded into .cache
  --only TEXT      only tests whose path contains TEXT; may be repeated
  --budget MS      what one file may take in one of the three; default 10000
  --lanes N        files at a time; default 2
  --output FOLDER  where the failures are written; default .cache/conformance
  --no-build       run dist/ as it is`

/** Files are dealt to a new page after this many: a page keeps what it has seen. */
const FILES_PER_PAGE = 60

/** @typedef {import('./report.mjs').FileResult} FileResult */

await exitWith(main)

async function main() {
  const options = readOptions()
  if (options.builds && (await run(process.execPath, [join(ROOT, 'src/build/build.mjs')])) !== 0) return 1
  const suite = options.suite ?? await provideSuite()
  const areas = await selectTests(suite, options.only)
  const site = join(ROOT, '.cache/conformance/site')
  await bundlePage(site)
  const server = await startServer({ suite, site, dist: join(ROOT, 'dist'), budgetMs: options.budgetMs })
  const browser = await chromium.launch({ executablePath: await provideChromium(), args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  try {
    const results = await runAll(browser, server.origin, areas.flatMap(([area, files]) => files.map((file) => ({ area, file }))), options)
    await report(areas.map(([area]) => [area, results.filter((one) => one.area === area)]), options.output)
  } finally {
    await browser.close()
    await server.close()
  }
  return 0
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      'suite': { type: 'string' },
      'only': { type: 'string', multiple: true, default: [] },
      'budget': { type: 'string', default: '10000' },
      'lanes': { type: 'string', default: '2' },
      'output': { type: 'string', default: join(ROOT, '.cache/conformance') },
      'no-build': { type: 'boolean', default: false },
      'help': { type: 'boolean', default: false },
    },
  })
  const budgetMs = Number(values.budget)
  const lanes = Number(values.lanes)
  if (values.help || !(budgetMs > 0) || !(lanes > 0)) throw new Error(USAGE)
  return { suite: values.suite, only: values.only, budgetMs, lanes, output: values.output, builds: !values['no-build'] }
}

/** @param {string} folder */
async function bundlePage(folder) {
  await build({
    configFile: false,
    root: join(ROOT, 'test/wpt/page'),
    base: '/__run/site/',
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: join(ROOT, 'test/wpt/page/page.js'), external: (id) => id.startsWith('/__run/dist/'), output: { entryFileNames: '[name].js' } },
    },
  })
}

/**
 * @param {import('playwright').Browser} browser @param {string} origin
 * @param {readonly { area: string, file: string }[]} tests @param {{ budgetMs: number, lanes: number }} options
 * @returns {Promise<FileResult[]>}
 */
async function runAll(browser, origin, tests, { budgetMs, lanes }) {
  const waiting = [...tests]
  /** @type {FileResult[]} */
  const results = []
  const lane = async () => {
    while (waiting.length > 0) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${origin}/__run/`)
      await page.waitForFunction('window.runTest !== undefined')
      for (let count = 0; count < FILES_PER_PAGE; count += 1) {
        const next = waiting.shift()
        if (next === undefined) break
        results.push({ ...next, results: await runFile(page, next.file, budgetMs) })
        if (results.length % 50 === 0) say(`${results.length} of ${tests.length} files`)
      }
      await context.close()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}

/** @param {import('playwright').Page} page @param {string} file @param {number} budgetMs */
async function runFile(page, file, budgetMs) {
  const pairs = []
  for (const way of WAYS) {
    const result = await page.evaluate(([way, file, budgetMs]) => Reflect.get(window, 'runTest')(way, file, budgetMs), /** @type {const} */ ([way, file, budgetMs]))
    pairs.push([way, result])
  }
  return Object.fromEntries(pairs)
}

/** @param {readonly (readonly [area: string, files: readonly FileResult[]])[]} areas @param {string} folder */
async function report(areas, folder) {
  await mkdir(folder, { recursive: true })
  for (const [area, files] of areas) {
    if (files.length > 0) await writeFile(join(folder, `${area}.txt`), `${new Date().toISOString()}\n${renderTable([[area, files]])}\n\n${renderFailures(files)}\n`)
  }
  await writeFile(join(folder, 'result.json'), JSON.stringify(areas))
  say(`\n${renderTable(areas)}\n\nWhat fails in an extension: ${folder}/<area>.txt`)
}
