// @ts-check
/** The same command on @bjorn3/browser_wasi_shim, on the page's own thread: every run in a new instance of a module that is compiled once. */
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim'
import { MAZE } from './guest-work.js'

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling

/** @param {WebAssembly.Module} module */
async function run(module) {
  /** @type {Uint8Array[]} */
  const output = []
  const keep = new ConsoleStdout((bytes) => void output.push(bytes.slice()))
  const wasi = new WASI(['maze', ...MAZE], [], [new OpenFile(new File([])), keep, keep])
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport })
  const exitCode = wasi.start(/** @type {any} */ (instance))
  if (exitCode !== 0 || output.length === 0) throw new Error(`the command ended with ${exitCode}`)
}

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    compiling ??= WebAssembly.compileStreaming(fetch('/guests/maze/dist/maze.wasm'))
    const module = await compiling
    return { echo: async (value) => (await run(module), value), stop: () => {} }
  },
  isSmallOnly: true,
}
