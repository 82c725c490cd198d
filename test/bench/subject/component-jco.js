// @ts-check
/**
 * The same component, transpiled ahead of time by jco, with its WASI: on the page's own thread, as its documentation shows it. Every
 * instance is of its own memory, but nothing stops it, and it stops the page.
 */
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation'
// @ts-expect-error  made when the bench is built
import { instantiate } from 'jco/photo.js'
import { makePicture } from './guest-work.js'

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map()

/** @param {string} name */
function getCoreModule(name) {
  const known = modules.get(name) ?? WebAssembly.compileStreaming(fetch(`/guests/jco/${name}`))
  modules.set(name, known)
  return known
}

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const { darkroom } = await instantiate(getCoreModule, new WASIShim().getImportObject())
    return {
      echo: async (value) => (darkroom.measure(makePicture()), value),
      stop: () => {},
    }
  },
  isSmallOnly: true,
}
