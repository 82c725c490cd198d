// @ts-check
/** Glovebox: every instance is an extension of its own, in a frame and a worker of its own. */
// @ts-expect-error  the built library, from the server that the bench runs
import { createGlovebox } from '/dist/index.js'
import { knownNames } from './guest-work.js'
import { WEB_FILES } from './web-source.js'

/** What the rows of the table call. */
const GUEST = `
export const echo = (value) => value
export const nothing = () => {}
export const grow = (bytes) => { const kept = []; for (let at = 0; at < bytes; at += 65536) kept.push(new Uint8Array(65536 - 64).fill(1)); return kept.length }
export const query = async (count) => { for (let i = 0; i < count; i++) await glovebox.permissions.query('storage:read') }
export const storageGet = async (count) => { for (let i = 0; i < count; i++) await glovebox.storage.get('key') }
export const remember = (key, value) => glovebox.storage.set(key, value)
`

/** @type {Promise<any> | undefined} */
let opening
let readyMs = 0

/** @param {any} args */
const askNames = ([words]) => knownNames(words)

/** The page's one box. @returns {Promise<any>} */
export function openBox() {
  const started = performance.now()
  opening ??= createGlovebox({
    trust: { kind: 'development' },
    // A busy machine shall give a large number, not none.
    startTimeoutMs: 30_000,
    prompt: async (/** @type {any} */ { permissions }) => permissions.map(() => 'always'),
    functions: { 'extism:host/user': { known_names: { extensions: 'all', params: ['json'], result: 'json', run: askNames } } },
  }).then((/** @type {any} */ box) => {
    readyMs = performance.now() - started
    return box
  })
  return /** @type {Promise<any>} */ (opening)
}

/** @param {string} name @param {object} [more]  of the manifest @returns {Promise<any>} the extension, installed */
export async function installGuest(name, more = {}) {
  const box = await openBox()
  const storage = { scope: { prefixes: [''] }, reason: 'measured' }
  const permissions = name === 'capabilities' ? ['storage:read', 'storage:write'].map((permission) => ({ name: permission, ...storage })) : []
  return box.install({
    manifest: { id: `com.example.${name}`, name, version: '1.0.0', description: 'Measured.', lane: 'script', entry: 'main.js', permissions, ...more },
    files: { 'main.js': GUEST },
  })
}

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open(index) {
    const extension = await installGuest(`n${index}`)
    await extension.start()
    return { echo: (value) => extension.call('echo', [value]), stop: () => extension.stop() }
  },
  timing: () => ({ readyMs }),
  async openWeb() {
    const box = await openBox()
    const extension = await box.install({
      manifest: {
        id: 'com.example.web', name: 'Web', version: '1.0.0', description: 'Measured.', lane: 'script', entry: 'main.js', files: Object.keys(WEB_FILES),
        permissions: [{ name: 'http:read', scope: { origins: [location.origin] }, reason: 'measured' }],
      },
      files: WEB_FILES,
    })
    return { call: (name, ...args) => extension.call(name, args) }
  },
}
