// @ts-check
/** Glovebox with a guest in WebAssembly: from its URL, or more of the same under other ids. */
import { openBox } from './glovebox.js'

/**
 * @typedef {object} Guest
 * @property {string} name  of its folder
 * @property {(extension: any) => Promise<unknown>} work  one small call
 * @property {(extension: any) => Promise<unknown>} [other]  one that asks the page for something
 * @property {(extension: any) => Promise<unknown>} [crash]  rejects, and its instance is gone
 */

/** The least memory that can be asked for: a call with more than that in its arguments is the guest's death. */
export const SMALL_MEMORY = { limits: { memoryMib: 16 } }
export const TOO_LARGE = 16_500_000

/** @param {string} name @returns {Promise<any>} the extension; installed by an earlier page perhaps */
export async function installFromUrl(name) {
  const box = await openBox()
  return box.list()[0] ?? box.install(`/guests/${name}/glovebox.json`)
}

/** @param {string} name @param {object} [more]  of the manifest @returns {Promise<any>} */
export async function installCopy(name, more = {}) {
  const [box, manifest] = await Promise.all([openBox(), fetch(`/guests/${name}/glovebox.json`).then((response) => response.json())])
  const bytes = await fetch(`/guests/${name}/${manifest.entry}`).then((response) => response.arrayBuffer())
  return box.install({ manifest: { ...manifest, ...more }, files: { [manifest.entry]: new Uint8Array(bytes) } })
}

/** @param {Guest} guest @returns {import('./subject.js').Subject} */
export function guestSubject(guest) {
  const { name, work, other } = guest
  /** @type {Record<string, number>} */
  const times = {}
  return {
    async open(index) {
      await openBox()
      times['readyAtMs'] ??= performance.now()
      const extension = index === 0 ? await installFromUrl(name) : await installCopy(name, { id: `com.example.n${index}` })
      times['installedAtMs'] ??= performance.now()
      return {
        echo: async (value) => (await work(extension), value),
        ...(other ? { ask: () => other(extension) } : {}),
        stop: () => extension.stop(),
      }
    },
    timing: () => times,
    isSmallOnly: true,
    guest,
  }
}
