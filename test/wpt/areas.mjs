// @ts-check
/** Which tests of the suite are run: the areas of the common web API, and in them the files that are meant for a worker without a server. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { scriptsOf } from './program.mjs'

/** An area's name and the folders of the suite that it covers. @type {readonly (readonly [name: string, folders: readonly string[]])[]} */
export const AREAS = [
  ['url', ['url']],
  ['urlpattern', ['urlpattern']],
  ['encoding', ['encoding']],
  ['streams', ['streams']],
  ['compression', ['compression']],
  ['file', ['FileAPI']],
  ['formdata', ['xhr/formdata']],
  ['fetch', ['fetch/api/headers', 'fetch/api/request', 'fetch/api/response', 'fetch/api/body']],
  ['dom', ['dom/events', 'dom/abort']],
  ['dom-exception', ['webidl']],
  ['performance', ['hr-time', 'user-timing']],
  ['console', ['console']],
  ['timers', ['html/webappapis/timers', 'html/webappapis/microtask-queuing']],
  ['base64', ['html/webappapis/atob']],
  ['structured-clone', ['html/webappapis/structured-clone']],
  ['errors', ['html/webappapis/scripting']],
  ['messaging', ['webmessaging/message-channels']],
  ['crypto', ['WebCryptoAPI']],
]

const TEST = /\.any\.js$/
/** Needs the suite's own server: addresses filled in by it, HTTP/2. */
const NEEDS_SERVER = /\.(?:sub|h2)\./

/**
 * The test files of every area that this copy of the suite has, as paths from its top.
 *
 * @param {string} suite @param {readonly string[]} only  parts of paths; empty: all
 * @returns {Promise<readonly (readonly [area: string, files: readonly string[]])[]>}
 */
export async function selectTests(suite, only) {
  return Promise.all(AREAS.map(async ([area, folders]) => {
    const found = (await Promise.all(folders.map((folder) => testsIn(suite, folder)))).flat()
    return /** @type {const} */ ([area, found.filter((file) => only.length === 0 || only.some((text) => file.includes(text)))])
  }))
}

/** @param {string} suite @param {string} folder @returns {Promise<string[]>} */
async function testsIn(suite, folder) {
  const entries = await readdir(join(suite, folder), { recursive: true }).catch(() => [])
  const files = entries.map((entry) => `${folder}/${entry.split(sep).join('/')}`).filter((file) => TEST.test(file) && !NEEDS_SERVER.test(file))
  const canRun = await Promise.all(files.map(async (file) => {
    const text = await readFile(join(suite, file), 'utf8')
    // A distribution may have left out scripts that it cannot build itself.
    return runsInWorkers(text) && scriptsOf(file, text).every((script) => existsSync(join(suite, script)))
  }))
  return files.filter((_file, index) => canRun[index]).sort()
}

/** A file that says nothing is for windows and dedicated workers. @param {string} text */
function runsInWorkers(text) {
  const scopes = /^\/\/ META: global=(.*)$/m.exec(text)?.[1]
  return scopes === undefined || scopes.split(',').some((scope) => ['worker', 'dedicatedworker'].includes(scope.trim()))
}
