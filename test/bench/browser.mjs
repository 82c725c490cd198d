// @ts-check
/**
 * One way to open pages in three engines. A profile is what a new visitor has: no cache, no databases. Chromium gets a new context in a
 * running browser; the others start anew, through the providers of the test suite.
 */
import { chromium } from 'playwright'
import { runnerImport } from 'vite'
import { findChromium, findFirefox, findWebKit } from '../../src/build/engines.mjs'

/**
 * @typedef {object} Profile
 * @property {(url: string) => Promise<void>} open  resolves when the navigation has begun; the previous page is gone then
 * @property {() => Promise<void>} close
 */
/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {() => Promise<Profile>} newProfile
 * @property {() => Promise<void>} close
 */

/** @param {'chromium' | 'firefox' | 'webkit'} engine @returns {Promise<Browser>} */
export async function openBrowser(engine) {
  switch (engine) {
    case 'chromium':
      return openChromium()
    case 'firefox': {
      /** @type {{ module: typeof import('../engines/firefox.ts') }} */
      const { module } = await runnerImport(new URL('../engines/firefox.ts', import.meta.url).pathname)
      return openByProvider('Firefox', () => module.firefox(required('Firefox', findFirefox())))
    }
    case 'webkit': {
      /** @type {{ module: typeof import('../engines/webkit.ts') }} */
      const { module } = await runnerImport(new URL('../engines/webkit.ts', import.meta.url).pathname)
      const found = findWebKit()
      return openByProvider('WebKitGTK', () => module.webkit({ ...found, browser: required('WebKitGTK', found) }))
    }
  }
}

/** @returns {Promise<Browser>} */
async function openChromium() {
  const browser = await chromium.launch({
    executablePath: required('Chromium', findChromium()),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  return {
    version: `Chromium ${browser.version()}`,
    async newProfile() {
      const context = await browser.newContext()
      const page = await context.newPage()
      page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`))
      return {
        open: async (url) => { await page.goto(url, { waitUntil: 'commit' }) },
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}

/** @param {string} version @param {() => any} createProvider  of vitest; used without vitest, by the two methods that it is made of @returns {Browser} */
function openByProvider(version, createProvider) {
  return {
    version,
    async newProfile() {
      const provider = createProvider().providerFactory({ browser: { registerCommand: () => {} } })
      return {
        open: (url) => provider.openPage('bench', url),
        close: () => provider.close(),
      }
    },
    close: async () => {},
  }
}

/** @param {string} name @param {import('../../src/build/engines.mjs').Search} search */
function required(name, { path, tried }) {
  if (path === undefined) throw new Error(`${name} was not found; looked for ${tried.join(', ')}`)
  return path
}
