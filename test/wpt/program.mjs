// @ts-check
/**
 * A test as one classic script, for all three engines: the harness, what the file's META lines name, the file, and a function that returns
 * the results. The guests have no server: data that the test fetches lies in the script, behind a small `fetch`.
 */
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

const HARNESS = '/resources/testharness.js'
/** Where the suite's server answers with another file. */
const ALIASES = new Map([['/resources/WebIDLParser.js', '/resources/webidl2/lib/webidl2.js']])
const HOST = 'web-platform.test'
const MAX_DATA_BYTES = 2 ** 20

/** @typedef {'guest' | 'worker'} Scope */

/** @param {string} suite @param {string} test  a path from the suite's top @param {Scope} scope @returns {Promise<string>} */
export async function buildProgram(suite, test, scope) {
  const text = await readFile(join(suite, test), 'utf8')
  const sources = await Promise.all(scriptsOf(test, text).map((script) => readScript(suite, script)))
  const data = scope === 'guest' ? await readData(suite, test, [text, ...sources]) : {}
  const parts = [
    'globalThis.self ??= globalThis',
    await readScript(suite, HARNESS),
    `(${prepare})(${JSON.stringify({ scope, test: `/${test}`, data })})`,
    ...sources,
    text,
    scope === 'worker' ? 'done()' : '',
  ]
  return parts.join('\n;\n')
}

/** The scripts that a test's META lines name, from the suite's top. @param {string} test @param {string} text */
export function scriptsOf(test, text) {
  return [...text.matchAll(/^\/\/ META: script=(.*)$/gm)].map((match) => resolve(test, (match[1] ?? '').trim()))
}

/** @param {string} test @param {string} path  absolute from the suite's top, or relative to the test */
function resolve(test, path) {
  const absolute = posix.resolve('/', posix.dirname(test), path)
  return ALIASES.get(absolute) ?? absolute
}

/** @param {string} suite @param {string} path */
async function readScript(suite, path) {
  const text = await readFile(join(suite, path), 'utf8')
  return path.includes('.sub.') ? text.replace(/\{\{ports\[[^}]*\}\}/g, '8000').replace(/\{\{[^}]*\}\}/g, HOST) : text
}

/**
 * Every string of the sources that names a file, beside the test or in a folder that another string names, and the interface descriptions
 * that it asks for.
 *
 * @param {string} suite @param {string} test @param {readonly string[]} sources
 */
async function readData(suite, test, sources) {
  const strings = new Set(sources.flatMap((source) => [...source.matchAll(/(["'`])([\w./-]{2,80})\1/g)].map((match) => match[2] ?? '')))
  const folders = [...strings].filter((text) => text.endsWith('/') && (text.startsWith('/') || text.startsWith('.')))
  const literals = [...strings, ...folders.flatMap((folder) => [...strings].filter((text) => /^[\w-]+\.\w+$/.test(text)).map((name) => folder + name))]
  const asksForInterfaces = sources.some((source) => source.includes('idl_test'))
  const paths = literals.flatMap((literal) => [resolve(test, literal), ...(asksForInterfaces ? [`/interfaces/${literal}.idl`] : [])])
  const files = paths.filter((path) => existsSync(join(suite, path)) && statSync(join(suite, path)).isFile() && statSync(join(suite, path)).size < MAX_DATA_BYTES)
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(join(suite, path), 'utf8')])))
}

/**
 * Runs inside the engines, after the harness and before the test: collects results, and gives a guest what a test expects of a worker's
 * surroundings (not of its API). A guest counts as a worker for the descriptions of interfaces.
 *
 * @param {{ scope: Scope, test: string, data: Record<string, string> }} given
 */
function prepare({ scope, test, data }) {
  /** @type {any} */
  const global = globalThis
  /** @type {(readonly [name: string, status: number, message: string])[]} */
  const tests = []
  /** @type {{ status: number, message: string } | undefined} */
  let ended
  /** @type {() => void} */
  let end = () => {}
  const whenEnded = new Promise((resolve) => { end = () => resolve(undefined) })
  global.add_result_callback((/** @type {any} */ one) => tests.push([String(one.name), one.status, String(one.message ?? '').slice(0, 300)]))
  global.add_completion_callback((/** @type {any} */ _all, /** @type {any} */ harness) => {
    ended = { status: harness.status, message: String(harness.message ?? '').slice(0, 300) }
    end()
  })
  Object.defineProperty(global, 'wptResult', { value: { whenEnded, read: () => JSON.stringify({ tests, ended }) } })
  global.GLOBAL = { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false }
  if (scope === 'worker') return

  const href = `https://web-platform.test${test}`
  global.location ??= { href, origin: 'https://web-platform.test', protocol: 'https:', host: 'web-platform.test', pathname: test, search: '', hash: '', toString: () => href }
  const isGuest = { [Symbol.hasInstance]: (/** @type {unknown} */ value) => value === globalThis }
  global.WorkerGlobalScope ??= isGuest
  global.DedicatedWorkerGlobalScope ??= isGuest
  if (Object.keys(data).length === 0) return
  const fetchReally = global.fetch
  global.fetch = (/** @type {unknown} */ input, /** @type {unknown} */ init) => {
    const parts = typeof input === 'string' && !input.includes(':') ? `${input.startsWith('/') ? '' : `${test}/../`}${input}`.split('/') : []
    /** @type {string[]} */
    const path = []
    for (const part of parts) {
      if (part === '..') path.pop()
      else if (part !== '.' && part !== '') path.push(part)
    }
    const text = data[`/${path.join('/')}`]
    if (text === undefined) return fetchReally(input, init)
    return Promise.resolve(global.Response ? new global.Response(text) : { ok: true, status: 200, text: async () => text, json: async () => JSON.parse(text) })
  }
}
