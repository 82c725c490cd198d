/** `dist/THIRD-PARTY.txt`: the licences of what is built into the package. They ask to be handed on with it. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Packages whose code or bytes are in `dist/`. A unit test compares them with what the sources import. */
export const BUILT_IN: readonly string[] = [
  '@bytecodealliance/jco-transpile', '@jitl/quickjs-wasmfile-release-sync', '@jridgewell/sourcemap-codec', 'acorn', 'comlink',
  'fflate', 'idb', 'urlpattern-polyfill', 'valibot', 'web-streams-polyfill',
]

/** @param modules  the folder node_modules */
export async function writeLicenses(modules: string, file: string): Promise<void> {
  const parts = await Promise.all(BUILT_IN.map(async (name) => {
    const folder = join(modules, name)
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly version: string; readonly license?: string }
    const found = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (found === undefined) throw new Error(`${name} is built into the package and has no licence text.`)
    return `${name} ${version}${license === undefined ? '' : ` (${license.replace(/^\(|\)$/g, '')})`}\n\n${(await readFile(join(folder, found), 'utf8')).trim()}\n`
  }))
  await writeFile(file, `What follows is built into this package.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`)
}
