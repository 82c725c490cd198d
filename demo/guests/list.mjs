// @ts-check
/**
 * The gallery's extensions that are built from another language, and where their WebAssembly lies: small ones beside their source, in git;
 * large ones in `.cache/guests/`, made by `npm run build:guests`. Tests and the demo ask here, and go without what is not there.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Larger files are not committed. */
export const MAX_COMMITTED_BYTES = 300 * 1024

/** @typedef {'rust' | 'zig' | 'go' | 'assemblyscript' | 'python' | 'javascript'} ToolchainName */

/**
 * @typedef {object} Guest
 * @property {string} name         its folder in demo/extensions, and the file's name
 * @property {string} language     for people
 * @property {ToolchainName} toolchain
 * @property {boolean} isCommitted
 * @property {string} [target]     of Rust
 */

/** @type {readonly Guest[]} */
export const GUESTS = [
  { name: 'photo', language: 'Rust', toolchain: 'rust', isCommitted: true, target: 'wasm32-wasip2' },
  { name: 'site', language: 'Rust', toolchain: 'rust', isCommitted: true, target: 'wasm32-wasip2' },
  { name: 'redact', language: 'Rust', toolchain: 'rust', isCommitted: true, target: 'wasm32-unknown-unknown' },
  { name: 'codec', language: 'C', toolchain: 'zig', isCommitted: true },
  { name: 'sudoku', language: 'C++', toolchain: 'zig', isCommitted: true },
  { name: 'maze', language: 'Zig', toolchain: 'zig', isCommitted: true },
  { name: 'palette', language: 'AssemblyScript', toolchain: 'assemblyscript', isCommitted: true },
  { name: 'gofmt', language: 'Go', toolchain: 'go', isCommitted: false },
  { name: 'units', language: 'Python', toolchain: 'python', isCommitted: false },
  { name: 'cron', language: 'JavaScript', toolchain: 'javascript', isCommitted: false },
]

/** @param {string} name */
export function sourceFolder(name) {
  return join(ROOT, 'demo/extensions', name)
}

/** Where the guest's WebAssembly is written. @param {Guest} guest */
export function outputFile({ name, isCommitted }) {
  return isCommitted ? join(sourceFolder(name), 'dist', `${name}.wasm`) : join(ROOT, '.cache/guests', `${name}.wasm`)
}

/** The built file, or undefined with the way to make it in `howToBuild`. @param {string} name @returns {string | undefined} */
export function builtFile(name) {
  const guest = GUESTS.find((each) => each.name === name)
  const file = guest && outputFile(guest)
  return file !== undefined && existsSync(file) ? file : undefined
}

/** One line for a test that is skipped, and for the gallery. @param {string} name */
export function howToBuild(name) {
  return `npm run build:guests -- --only ${name} --install`
}
