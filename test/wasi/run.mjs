// @ts-check
/**
 * `npm run conformance -- <folder>`: runs the preview 1 guests of a checkout of wasi-testsuite as extensions of the core lane in each engine, and
 * prints pass, fail or skip per engine and guest. Ends with 1 when anything fails.
 */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { findChromium, findFirefox, findWebKit } from '../../src/build/engines.mjs'
import { exitWith, ROOT, run, say } from '../../src/build/run.mjs'
import { openBrowser } from '../bench/browser.mjs'
import { keyOf, renderCounts, renderDocument, renderGuests, renderReasons } from './report.mjs'
import { startServer } from './server.mjs'
import { commitOf, readGuests } from './suite.mjs'

const USAGE = `npm run conformance -- <folder> [options]
  <folder>         a checkout of WebAssembly/wasi-testsuite, branch prod/testsuite-all
  --engine NAME    chromium, firefox or webkit; may be repeated; default: all that are installed
  --only TEXT      only guests whose <language>/<name> contains TEXT
  --commit HASH    of the suite, where the folder is no git checkout
  --write          write docs/conformance.md
  --no-build       run dist/ as it is`

/** A page that says nothing for so long is given up. */
const SILENCE_MS = 120_000
const ENGINES = /** @type {const} */ (['chromium', 'firefox', 'webkit'])

/** @typedef {typeof ENGINES[number]} Engine */
/** @typedef {import('./suite.mjs').Guest} Guest */
/** @typedef {import('./report.mjs').Result} Result */
/** @typedef {import('./report.mjs').EngineResults} EngineResults */
/** @typedef {{ readonly exitCode: number, readonly stdout: string, readonly stderr: string } | { readonly broken: string }} Ending */

/**
 * What no code of ours can change: guest, engine, and the fact.
 *
 * @type {readonly { readonly engine: Engine, readonly guest: string, readonly reason: string }[]}
 */
const SKIPS = []

await exitWith(main)

async function main() {
  const options = readOptions()
  if (options.builds && (await run(process.execPath, [join(ROOT, 'src/build/build.mjs')])) !== 0) return 1
  const guests = readGuests(options.suite).filter((guest) => keyOf(guest).includes(options.only))
  const site = join(ROOT, '.cache/conformance/wasi')
  await bundlePage(site)
  /** @type {EngineResults[]} */
  const engines = []
  const folders = { site, dist: join(ROOT, 'dist'), suite: options.suite }
  for (const engine of options.engines) engines.push(await runEngine(engine, guests, folders))
  const commit = options.commit ?? commitOf(options.suite)
  say(`\n${renderGuests(guests, engines)}\n\n${renderCounts(guests, engines)}\n\n${renderReasons(engines)}`)
  if (options.writes) await writeFile(join(ROOT, 'docs/conformance.md'), renderDocument({ guests, engines, commit }))
  return engines.some(({ results }) => [...results.values()].some(({ status }) => status === 'fail')) ? 1 : 0
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'engine': { type: 'string', multiple: true },
      'only': { type: 'string', default: '' },
      'commit': { type: 'string' },
      'write': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      'help': { type: 'boolean', default: false },
    },
  })
  const [suite] = positionals
  const engines = ENGINES.filter((name) => values.engine === undefined ? isInstalled(name) : values.engine.includes(name))
  if (values.help || suite === undefined || engines.length === 0) throw new Error(USAGE)
  return { suite: resolve(suite), engines, only: values.only, commit: values.commit, writes: values.write, builds: !values['no-build'] }
}

/** @param {Engine} engine */
function isInstalled(engine) {
  const search = { chromium: findChromium, firefox: findFirefox, webkit: findWebKit }[engine]()
  if (search.path === undefined) say(`${engine} is not installed: left out.`)
  return search.path !== undefined
}

/** @param {string} folder */
async function bundlePage(folder) {
  await build({
    configFile: false,
    root: join(ROOT, 'test/wasi/page'),
    base: '/site/',
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: join(ROOT, 'test/wasi/page/page.js'),
        external: (id) => id.startsWith('/dist/'),
        output: { entryFileNames: '[name].js' },
      },
    },
  })
}

/**
 * One page after the other: a page that falls silent loses the guest it had, not those behind it.
 *
 * @param {Engine} engine @param {readonly Guest[]} guests @param {Record<'site' | 'dist' | 'suite', string>} folders
 * @returns {Promise<EngineResults>}
 */
async function runEngine(engine, guests, folders) {
  /** @type {Map<string, Result>} */
  const results = new Map(SKIPS.filter((skip) => skip.engine === engine).map(({ guest, reason }) => [guest, { status: 'skip', reason }]))
  const waiting = guests.filter((guest) => !results.has(keyOf(guest)))
  const browser = await openBrowser(engine)
  let pages = 0
  let { version } = browser
  while (waiting.length > 0) {
    pages += 1
    const userAgent = await runPage({ browser, waiting, results, folders, id: `${engine}-${pages}` })
    version = /Firefox\/[\d.]+/.exec(userAgent)?.[0].replace('/', ' ') ?? version
  }
  await browser.close()
  say(`${version}: ${[...results.values()].filter(({ status }) => status === 'pass').length} of ${guests.length} pass`)
  return { engine, version, results }
}

/**
 * @param {{ browser: import('../bench/browser.mjs').Browser, waiting: Guest[], results: Map<string, Result>,
 *   folders: { site: string, dist: string, suite: string }, id: string }} page
 * @returns {Promise<string>} the user agent's string
 */
async function runPage({ browser, waiting, results, folders, id }) {
  /** @type {Guest | undefined} */
  let current
  let agent = ''
  /** @type {(how: 'done' | 'silent') => void} */
  let end = () => {}
  /** @type {Promise<'done' | 'silent'>} */
  const ended = new Promise((resolve) => { end = resolve })
  let timer = setTimeout(() => end('silent'), SILENCE_MS)
  const server = await startServer(folders, (_path, /** @type {{ result?: Ending, userAgent?: string }} */ { result, userAgent }) => {
    clearTimeout(timer)
    agent = userAgent ?? agent
    if (current !== undefined && result !== undefined) results.set(keyOf(current), judge(current, result))
    current = waiting.shift()
    if (current === undefined) end('done')
    else timer = setTimeout(() => end('silent'), SILENCE_MS)
    return current
  })
  const profile = await browser.newProfile()
  try {
    await profile.open(`${server.origin}/run/${id}/`)
    const how = await ended
    if (how === 'silent' && current === undefined) throw new Error(`The page ${id} did not start.`)
    if (how === 'silent' && current !== undefined) results.set(keyOf(current), { status: 'fail', reason: `no answer in ${SILENCE_MS / 1000} s` })
  } finally {
    clearTimeout(timer)
    await profile.close()
    await server.close()
  }
  return agent
}

/** @param {Guest} guest @param {Ending} ending @returns {Result} */
function judge({ expected }, ending) {
  if ('broken' in ending) return fail(ending.broken)
  const { exitCode, stdout, stderr } = ending
  if (exitCode !== expected.exitCode) return fail(`exit code ${exitCode}, expected ${expected.exitCode}; stderr: ${stderr}`)
  if (expected.stdout !== undefined && stdout !== expected.stdout) return fail(`stdout: ${stdout}`)
  if (expected.stderr !== undefined && stderr !== expected.stderr) return fail(`stderr: ${stderr}`)
  return { status: 'pass' }
}

/** @param {string} text @returns {Result} */
function fail(text) {
  return { status: 'fail', reason: JSON.stringify(text.slice(0, 300)) }
}
