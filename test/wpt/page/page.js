// @ts-check
/** Runs one test in one of three ways; the runner calls `window.runTest`. A test that ends its engine has no results, and takes nothing with it. */
// @ts-expect-error  the built library, from the runner's server
import { createGlovebox } from '/__run/dist/index.js'

/** @typedef {{ tests: readonly (readonly [name: string, status: number, message: string])[], ended?: { status: number, message: string }, broken?: string }} Result */

/** Above what the test may take, for starting and for ending. */
const GRACE_MS = 5_000
/** The limits are the defaults: what an extension gets. Only a slow machine is waited for. */
const opening = createGlovebox({ trust: { kind: 'development' }, store: 'memory', name: 'conformance', startTimeoutMs: 30_000, limits: { callMs: 120_000 } })
let count = 0

const WAYS = { ours: runInGlovebox, plain: runInWorker, raw: runInQuickJs }

Object.assign(window, {
  /** @param {keyof typeof WAYS} way @param {string} test @param {number} budgetMs @returns {Promise<Result>} */
  async runTest(way, test, budgetMs) {
    try {
      return JSON.parse(await WAYS[way](test, budgetMs))
    } catch (error) {
      return { tests: [], broken: `${error}`.slice(0, 500) }
    }
  },
})

/** @param {string} test @param {number} budgetMs @returns {Promise<string>} */
async function runInGlovebox(test, budgetMs) {
  const box = await opening
  const id = `com.example.wpt${++count}`
  const code = `const program = ${JSON.stringify(await program(test))}
export async function run(budgetMs) {
  const { setTimeout } = globalThis;
  (0, eval)(program)
  await Promise.race([wptResult.whenEnded, new Promise((resolve) => setTimeout(resolve, budgetMs))])
  return wptResult.read()
}`
  const manifest = { id, name: 'Test', version: '1.0.0', description: 'A test.', lane: 'script', entry: 'main.js', files: ['main.js'], limits: { callMs: 120_000 } }
  const extension = await box.install({ manifest, files: { 'main.js': code } })
  try {
    return await extension.call('run', [budgetMs], { timeoutMs: budgetMs + GRACE_MS })
  } finally {
    await box.uninstall(id)
  }
}

/** @param {string} test @param {number} budgetMs @returns {Promise<string>} */
async function runInWorker(test, budgetMs) {
  return resultOf(new Worker(`/${test}.worker.js`), undefined, budgetMs)
}

/** @param {string} test @param {number} budgetMs @returns {Promise<string>} */
async function runInQuickJs(test, budgetMs) {
  return resultOf(new Worker(new URL('./raw.worker.js', import.meta.url), { type: 'module' }), { program: await program(test), budgetMs }, budgetMs)
}

/** @param {Worker} worker @param {unknown} message @param {number} budgetMs @returns {Promise<string>} */
function resultOf(worker, message, budgetMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), budgetMs + GRACE_MS)
    worker.addEventListener('message', ({ data }) => {
      if (data?.wptFailure) reject(new Error(data.wptFailure))
      if (!data?.wptResult) return
      clearTimeout(timer)
      resolve(data.wptResult)
    })
    if (message !== undefined) worker.postMessage(message)
  }).finally(() => worker.terminate())
}

/** @param {string} test */
async function program(test) {
  const response = await fetch(`/__run/guest/${test}`)
  if (!response.ok) throw new Error(await response.text())
  return response.text()
}
