// @ts-check
/**
 * `npm run build:guests`: builds the gallery's extensions in other languages from their source. What has no toolchain is named with the way
 * to get it, and the others are built all the same. `--only NAME` (repeatable), `--install`: fetch what the registries have prebuilt.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { GUESTS, MAX_COMMITTED_BYTES, outputFile, sourceFolder } from './list.mjs'
import { assemblyscript } from './toolchain/assemblyscript.mjs'
import { go } from './toolchain/go.mjs'
import { javascript } from './toolchain/javascript.mjs'
import { python } from './toolchain/python.mjs'
import { rust } from './toolchain/rust.mjs'
import { zig } from './toolchain/zig.mjs'

/** @typedef {import('./list.mjs').Guest} Guest */
/**
 * @typedef {object} Toolchain
 * @property {(guest: Guest) => Promise<string | undefined>} missing  what is missing and how to get it, in one line
 * @property {(guest: Guest) => Promise<void>} install
 * @property {(guest: Guest, folder: string, output: string) => Promise<void>} build
 */

/** @type {Readonly<Record<import('./list.mjs').ToolchainName, Toolchain>>} */
const TOOLCHAINS = { rust, zig, go, assemblyscript, python, javascript }

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, install: { type: 'boolean', default: false } } })
process.exitCode = await main(values.only, values.install)

/** @param {readonly string[] | undefined} only @param {boolean} installs */
async function main(only, installs) {
  const unknown = only?.filter((name) => !GUESTS.some((guest) => guest.name === name)) ?? []
  if (unknown.length > 0) {
    say(`No such guest: ${unknown.join(', ')}. There are ${GUESTS.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  let failures = 0
  for (const guest of GUESTS.filter(({ name }) => only?.includes(name) ?? true)) {
    const started = Date.now()
    const { hasFailed, words } = await attempt(guest, installs)
    if (hasFailed) failures += 1
    say(`${guest.name.padEnd(8)} ${guest.language.padEnd(14)} ${words} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  }
  return failures > 0 ? 1 : 0
}

/** @param {Guest} guest @param {boolean} installs */
async function attempt(guest, installs) {
  const toolchain = TOOLCHAINS[guest.toolchain]
  try {
    let missing = await toolchain.missing(guest)
    if (missing !== undefined && installs) {
      // A registry that does not answer is no fault of the guest's.
      const refusal = await toolchain.install(guest).then(() => undefined, firstLine)
      missing = refusal ?? (await toolchain.missing(guest))
    }
    if (missing !== undefined) return { hasFailed: false, words: `not built: ${missing}` }
    return { hasFailed: false, words: await buildGuest(guest, toolchain) }
  } catch (error) {
    return { hasFailed: true, words: `failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** @param {Guest} guest @param {Toolchain} toolchain */
async function buildGuest(guest, toolchain) {
  const output = outputFile(guest)
  await mkdir(dirname(output), { recursive: true })
  const before = await digest(output)
  await toolchain.build(guest, sourceFolder(guest.name), output)
  const { length } = await readFile(output)
  if (guest.isCommitted && length > MAX_COMMITTED_BYTES) throw new Error(`${length} bytes are too many to commit; the limit is ${MAX_COMMITTED_BYTES}`)
  const change = before === undefined ? 'new' : before === (await digest(output)) ? 'the same bytes as before' : 'other bytes than before'
  return `${(length / 1024).toFixed(1)} KiB, ${change}`
}

/** @param {unknown} error */
function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).split('\n', 2).join(' ').slice(0, 200)
}

/** @param {string} file */
async function digest(file) {
  const bytes = await readFile(file).catch(() => undefined)
  return bytes && createHash('sha256').update(bytes).digest('hex')
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}
