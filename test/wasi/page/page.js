// @ts-check
/** Asks the runner for a guest, runs it as an extension, tells how it ended, until there is none left. */
// @ts-expect-error  the built library, from the runner's server
import { createGlovebox } from '/dist/index.js'

/** @typedef {import('../suite.mjs').Guest} Guest */

const DEADLINE_MS = 60_000
const id = location.pathname.split('/')[2] ?? ''
/** The limits are the defaults: what an extension gets. Only a slow machine is waited for. */
const opening = createGlovebox({
  trust: { kind: 'development' }, store: 'memory', name: 'wasi', startTimeoutMs: 30_000, limits: { callMs: DEADLINE_MS },
})
let count = 0

/** @param {unknown} report @returns {Promise<Guest | null>} */
async function tell(report) {
  const response = await fetch(`/tell/${id}`, { method: 'POST', body: JSON.stringify(report) })
  return response.json()
}

/** @param {string} path @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function load(path) {
  const response = await fetch(`/suite/${path}`)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** @param {Guest} guest */
async function run({ name, module, args, env, dirs, files }) {
  const box = await opening
  const extensionId = `org.wasi.guest${++count}`
  const manifest = {
    id: extensionId, name, version: '1.0.0', description: 'A guest of wasi-testsuite.', lane: 'core', entry: 'guest.wasm', files: ['guest.wasm'],
    core: { abi: 'wasi' }, limits: { callMs: DEADLINE_MS },
  }
  const extension = await box.install({ manifest, files: { 'guest.wasm': await load(module) } })
  try {
    const contents = files.map(async ([path, source]) => /** @type {const} */ ([path, source === null ? new Uint8Array(0) : await load(source)]))
    const options = { args, env: Object.fromEntries(env), dirs, files: new Map(await Promise.all(contents)) }
    const { exitCode, stdout, stderr } = await extension.run(options)
    const decoder = new TextDecoder()
    return { exitCode, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) }
  } finally {
    await box.uninstall(extensionId)
  }
}

/** @param {unknown} error */
function describe(error) {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : ''
  return `${code}${error instanceof Error ? error.message : String(error)}`
}

let guest = await tell({ userAgent: navigator.userAgent })
while (guest !== null) {
  const result = await run(guest).catch((/** @type {unknown} */ error) => ({ broken: describe(error) }))
  guest = await tell({ guest: `${guest.language}/${guest.name}`, result })
}
