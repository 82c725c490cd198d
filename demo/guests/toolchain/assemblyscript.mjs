// @ts-check
/** AssemblyScript, by its compiler from npm. One version, so the same bytes everywhere. */
import { existsSync } from 'node:fs'
import { run } from '../run.mjs'
import { installNpm, npmFile } from './npm.mjs'

const COMPILER = npmFile('assemblyscript/bin/asc.js')

/** @type {import('../build.mjs').Toolchain} */
export const assemblyscript = {
  async missing() {
    return existsSync(COMPILER) ? undefined : 'the AssemblyScript compiler is missing: --install puts it into .cache, from npm'
  },
  async install() {
    await installNpm('assemblyscript@0.28.20')
  },
  async build(_guest, folder, output) {
    // `stub` never frees, which is right where memory is fresh for every call; no abort, so that nothing is imported.
    await run(process.execPath, [COMPILER, 'src/index.ts', '-Oz', '--runtime', 'stub', '--use', 'abort=', '--noAssert', '-o', output], { cwd: folder })
  },
}
