// @ts-check
/**
 * Python as a component, by componentize-py, which brings CPython for WebAssembly. The interpreter is stored after its start, so no two builds
 * have the same bytes.
 */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run, SCRATCH, works } from '../run.mjs'
import { installPackage, pythonTool } from './venv.mjs'

const COMPONENTIZE = pythonTool('componentize-py')

/** @type {import('../build.mjs').Toolchain} */
export const python = {
  async missing() {
    return (await works(COMPONENTIZE, ['--version'])) ? undefined : 'componentize-py is missing: --install puts it into .cache, from PyPI'
  },
  async install() {
    await installPackage('componentize-py==0.25.0')
  },
  async build({ name }, folder, output) {
    // It leaves its byte code beside the source, so it gets a copy.
    const copy = join(SCRATCH, 'python', name)
    await rm(copy, { recursive: true, force: true })
    await cp(folder, copy, { recursive: true })
    await run(COMPONENTIZE, ['-d', 'wit', '-w', name, 'componentize', 'app', '-o', output], { cwd: copy })
  },
}
