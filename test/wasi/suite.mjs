// @ts-check
/**
 * The prebuilt preview 1 guests of a copy of WebAssembly/wasi-testsuite (branch prod/testsuite-all): each `.wasm` with a `.json` beside it of
 * arguments, environment, directories and what is expected.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = 'wasm32-wasip1'

/**
 * @typedef {object} Guest
 * @property {string} language
 * @property {string} name
 * @property {string} module  path from the suite's top
 * @property {readonly string[]} args
 * @property {readonly (readonly [name: string, value: string])[]} env
 * @property {readonly string[]} dirs
 * @property {readonly (readonly [path: string, source: string | null])[]} files  where for the guest, where in the suite; null: an empty directory
 * @property {{ readonly exitCode: number, readonly stdout?: string, readonly stderr?: string }} expected
 */

/** @param {string} suite @returns {readonly Guest[]} */
export function readGuests(suite) {
  const languages = readdirSync(join(suite, 'tests')).filter((name) => existsSync(join(suite, 'tests', name, 'testsuite', VERSION)))
  const guests = languages.sort().flatMap((language) => readLanguage(suite, language))
  if (guests.length === 0) throw new Error(`No tests/<language>/testsuite/${VERSION}/*.wasm in ${suite}: is it branch prod/testsuite-all?`)
  return guests
}

/** The commit of a checkout; of a bare copy nobody knows. @param {string} suite */
export function commitOf(suite) {
  try {
    return execFileSync('git', ['-C', suite, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** @param {string} suite @param {string} language @returns {readonly Guest[]} */
function readLanguage(suite, language) {
  const folder = `tests/${language}/testsuite/${VERSION}`
  const names = readdirSync(join(suite, folder)).filter((name) => name.endsWith('.wasm')).sort()
  return names.map((file) => {
    const name = file.slice(0, -'.wasm'.length)
    const config = readConfig(join(suite, folder, `${name}.json`))
    const dirs = config.dirs ?? []
    return {
      language, name, dirs,
      module: `${folder}/${file}`,
      args: config.args ?? [],
      env: Object.entries(config.env ?? {}),
      files: dirs.flatMap((dir) => readFiles(suite, `${folder}/${dir}`, dir)),
      expected: {
        exitCode: config.exit_code ?? 0,
        ...(config.stdout === undefined ? {} : { stdout: config.stdout }), ...(config.stderr === undefined ? {} : { stderr: config.stderr }),
      },
    }
  })
}

/**
 * @param {string} path
 * @returns {{ args?: string[], env?: Record<string, string>, dirs?: string[], exit_code?: number, stdout?: string, stderr?: string }}
 */
function readConfig(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** @param {string} suite @param {string} source @param {string} path @returns {readonly (readonly [path: string, source: string | null])[]} */
function readFiles(suite, source, path) {
  /** @type {readonly (readonly [string, string | null])[]} */
  const inside = readdirSync(join(suite, source)).flatMap((name) => isFolder(join(suite, source, name))
    ? readFiles(suite, `${source}/${name}`, `${path}/${name}`)
    : [/** @type {const} */ ([`${path}/${name}`, `${source}/${name}`])])
  return [[`${path}/`, null], ...inside]
}

/** @param {string} path */
function isFolder(path) {
  return statSync(path).isDirectory()
}
