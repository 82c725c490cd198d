// @ts-check
/**
 * WebAssembly to measure: the gallery's extensions as packages that a page installs from their URLs, and what jco makes of one of them ahead of
 * time. What git does not have and nobody built is left out, with the reason.
 */
import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtFile, howToBuild, sourceFolder } from '../../demo/guests/list.mjs'

const FIXTURE = fileURLToPath(new URL('../fixtures/host/host.wasm', import.meta.url))
/** `photo` 74 kB and `units` (CPython) 18 MB are components, `redact` an Extism plug-in, `maze` a command of WASI preview 1. */
const PACKAGES = ['photo', 'units', 'redact', 'maze']

/** Where `jco/NAME` of a page leads to. @param {string} folder */
export function jcoFolder(folder) {
  return join(folder, 'jco')
}

/** @param {string} folder  replaced @returns {Promise<ReadonlyMap<string, string>>} guests that are missing, with the way to make them */
export async function writeGuests(folder) {
  await rm(folder, { recursive: true, force: true })
  /** @type {Map<string, string>} */
  const missing = new Map()
  for (const name of PACKAGES) {
    const file = builtFile(name)
    if (file === undefined) missing.set(name, howToBuild(name))
    else await writeGuest(join(folder, name), name, file)
  }
  await copyFile(FIXTURE, join(folder, 'host.wasm'))
  await writeJco(jcoFolder(folder))
  return missing
}

/** @param {string} folder @param {string} name @param {string} file */
async function writeGuest(folder, name, file) {
  const manifest = await readFile(join(sourceFolder(name), 'glovebox.json'), 'utf8')
  const entry = join(folder, JSON.parse(manifest).entry)
  await mkdir(dirname(entry), { recursive: true })
  await copyFile(file, entry)
  await writeFile(join(folder, 'glovebox.json'), manifest)
}

/** @param {string} folder */
async function writeJco(folder) {
  const component = await readFile(builtFile('photo') ?? '')
  const { files } = await transpileBytes(component, { name: 'photo', instantiation: 'async', nodejsCompat: false, tlaCompat: false, base64Cutoff: 0 })
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) if (!name.endsWith('.d.ts')) await writeFile(join(folder, name), bytes)
}
