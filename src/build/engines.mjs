// @ts-check
/**
 * Where the browsers are. Each search remembers what it tried, so that a message about a missing one says where it was looked for.
 * Plain Node without dependencies: it runs before anything is installed.
 */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** @typedef {{ readonly path: string | undefined, readonly tried: readonly string[] }} Search */

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const CHROMIUM_PLACES = [
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const FIREFOX_PLACES = ['/usr/lib/firefox-esr/firefox-esr', '/usr/lib/firefox/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']
const PLAYWRIGHT_CHROMIUM = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium']

/** @returns {Search} */
export function findChromium() {
  return firstOf([fromEnvironment('GLOVEBOX_CHROMIUM'), fromPath(CHROMIUM_NAMES), fromPlaces(CHROMIUM_PLACES), fromPlaywright()])
}

/** @returns {Search} */
export function findFirefox() {
  return firstOf([fromEnvironment('GLOVEBOX_FIREFOX'), fromPath(['firefox-esr', 'firefox']), fromPlaces(FIREFOX_PLACES)])
}

/**
 * WebKitGTK needs three programs; the first missing one is what the search reports.
 *
 * @returns {Search & { readonly driver: string, readonly display: string | undefined }}
 */
export function findWebKit() {
  const browser = firstOf([fromEnvironment('GLOVEBOX_WEBKIT'), fromPath(['MiniBrowser']), fromPlaces(miniBrowserPlaces())])
  const driver = firstOf([fromEnvironment('GLOVEBOX_WEBKIT_DRIVER'), fromPath(['WebKitWebDriver'])])
  const display = firstOf([fromPath(['Xvfb'])])
  const missing = [browser, driver, ...(process.env['DISPLAY'] ? [] : [display])].find((search) => search.path === undefined)
  return { path: missing ? undefined : browser.path, tried: missing?.tried ?? [], driver: driver.path ?? '', display: display.path }
}

/** @param {readonly Search[]} searches @returns {Search} */
function firstOf(searches) {
  return { path: searches.find((search) => search.path)?.path, tried: searches.flatMap((search) => search.tried) }
}

/** @param {string} name @returns {Search} */
function fromEnvironment(name) {
  const path = process.env[name]
  if (!path) return { path: undefined, tried: [`${name} (not set)`] }
  return isProgram(path) ? { path, tried: [] } : { path: undefined, tried: [`${name}=${path} (no such program)`] }
}

/** @param {readonly string[]} names @returns {Search} */
function fromPath(names) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const path = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
  return { path, tried: [`${names.join(', ')} in PATH`] }
}

/** @param {readonly string[]} places @returns {Search} */
function fromPlaces(places) {
  return { path: places.find(isProgram), tried: [...places] }
}

/** @returns {Search} */
function fromPlaywright() {
  const caches = [process.env['PLAYWRIGHT_BROWSERS_PATH'], join(homedir(), '.cache/ms-playwright'), join(homedir(), 'Library/Caches/ms-playwright')]
  const folders = caches.flatMap((cache) => (cache ? list(cache).map((name) => join(cache, name)) : [])).filter((name) => /chromium-\d+$/.test(name))
  const files = folders.flatMap((folder) => PLAYWRIGHT_CHROMIUM.map((file) => join(folder, file)))
  return { path: files.find(isProgram), tried: ["playwright's downloads"] }
}

function miniBrowserPlaces() {
  const roots = ['/usr/lib', ...list('/usr/lib').filter((name) => name.includes('linux-gnu')).map((name) => join('/usr/lib', name)), '/usr/libexec']
  return roots.flatMap((root) => ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0'].map((version) => join(root, version, 'MiniBrowser')))
}

/** @param {string} folder */
function list(folder) {
  return existsSync(folder) ? readdirSync(folder).sort().reverse() : []
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
