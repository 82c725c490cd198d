// @ts-check
/** Zig, and C and C++ by the clang inside it, which has wasi-libc with it. One version, so the same bytes everywhere. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run, SCRATCH, works } from '../run.mjs'
import { installPackage, pythonTool } from './venv.mjs'

const PYTHON = pythonTool('python')
const env = { ZIG_GLOBAL_CACHE_DIR: join(SCRATCH, 'zig'), ZIG_LOCAL_CACHE_DIR: join(SCRATCH, 'zig') }

/** @type {import('../build.mjs').Toolchain} */
export const zig = {
  async missing() {
    return (await works(PYTHON, ['-m', 'ziglang', 'version'])) ? undefined : 'the Zig compiler is missing: --install puts it into .cache, from PyPI'
  },
  async install() {
    await installPackage('ziglang==0.17.1')
  },
  async build(_guest, folder, output) {
    const args = existsSync(join(folder, 'src/main.zig')) ? zigArguments(output) : await clangArguments(folder, output)
    await run(PYTHON, ['-m', 'ziglang', ...args], { cwd: folder, env })
  },
}

/** @param {string} output */
function zigArguments(output) {
  return ['build-exe', '-target', 'wasm32-wasi', '-O', 'ReleaseSmall', '-fstrip', `-femit-bin=${output}`, 'src/main.zig']
}

/** @param {string} folder @param {string} output */
async function clangArguments(folder, output) {
  const files = await readdir(join(folder, 'src'))
  const sources = files.filter((file) => /\.(c|cpp)$/.test(file)).sort().map((file) => `src/${file}`)
  // The C++ guest is a reactor: exports without a main function.
  const driver = sources.some((file) => file.endsWith('.cpp')) ? ['c++', '-std=c++20', '-fno-exceptions', '-fno-rtti', '-mexec-model=reactor'] : ['cc']
  return [...driver, '-target', 'wasm32-wasi', '-Oz', '-flto', '-s', '-Wall', '-Wextra', '-Werror', '-o', output, ...sources]
}
