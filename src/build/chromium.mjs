// @ts-check
/**
 * A Chromium for the tests: one that is installed and runs, else playwright's own download, else the system's package (as root).
 * Plain Node; playwright is there by now.
 */
import { join } from 'node:path'
import { findChromium } from './engines.mjs'
import { ROOT, run, say } from './run.mjs'

const INSTALL_TIMEOUT_MS = 300_000
const START_TIMEOUT_MS = 30_000

/**
 * Resolves to the path of a Chromium that starts.
 *
 * @returns {Promise<string>}
 * @throws {Error} saying everything that was tried
 */
export async function provideChromium() {
  const isRoot = process.getuid?.() === 0
  /** @type {string[]} */
  const tried = []
  /** @type {(() => Promise<string>)[]} */
  const ways = [
    async () => `an installed browser (looked for ${findChromium().tried.join(', ')})`,
    () => downloadWithPlaywright(isRoot),
    () => installPackage(isRoot),
  ]
  for (const way of ways) {
    const what = await way()
    const found = findChromium()
    if (found.path && (await starts(found.path))) return found.path
    tried.push(`${what}: ${found.path ? `${found.path} does not start` : 'none'}`)
  }
  throw new Error(`No Chromium was found, and none could be installed. Tried:\n${tried.map((line) => `  ${line}`).join('\n')}\n`
    + 'Install Chrome or Chromium, or set GLOVEBOX_CHROMIUM to its path.')
}

/** A snap's stub, or a download whose libraries are missing, is there and does not start. @param {string} path */
async function starts(path) {
  return (await run(path, ['--version'], { quiet: true, timeoutMs: START_TIMEOUT_MS })) === 0
}

/** @param {boolean} isRoot */
async function downloadWithPlaywright(isRoot) {
  say("No Chromium is installed: trying playwright's download")
  const args = [join(ROOT, 'node_modules/playwright/cli.js'), 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium']
  const code = await run(process.execPath, args, { timeoutMs: INSTALL_TIMEOUT_MS })
  return `playwright ${args.slice(1).join(' ')} (exit code ${code})`
}

/** @param {boolean} isRoot */
async function installPackage(isRoot) {
  if (!isRoot) return 'apt-get install chromium (not tried: not root)'
  say("Trying the system's package chromium")
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-q'], { env, timeoutMs: INSTALL_TIMEOUT_MS })
  const code = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env, timeoutMs: INSTALL_TIMEOUT_MS })
  return `apt-get install chromium (exit code ${code})`
}
