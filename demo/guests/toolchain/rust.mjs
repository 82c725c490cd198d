// @ts-check
/** Rust, by the machine's own cargo. The same bytes wherever the folder lies, as long as the compiler's version is the same. */
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run, SCRATCH, works } from '../run.mjs'

const TARGET_DIR = join(SCRATCH, 'rust')

/** @type {import('../build.mjs').Toolchain} */
export const rust = {
  async missing({ target = '' }) {
    if (!(await works('cargo', ['--version']))) return 'cargo is missing: https://rustup.rs'
    const sysroot = (await run('rustc', ['--print', 'sysroot'])).trim()
    return existsSync(join(sysroot, 'lib/rustlib', target)) ? undefined : `the target is missing: rustup target add ${target}`
  },
  async install({ target = '' }) {
    await run('rustup', ['target', 'add', target])
  },
  async build({ name, target = '' }, folder, output) {
    // Panics name files: without this, the paths of the machine that built it.
    const cargoHome = process.env['CARGO_HOME'] ?? join(homedir(), '.cargo')
    const flags = [`--remap-path-prefix=${cargoHome}=/cargo`, `--remap-path-prefix=${folder}=/${name}`]
    await run('cargo', ['build', '--release', '--locked', '--target', target], {
      cwd: folder,
      env: { CARGO_TARGET_DIR: TARGET_DIR, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') },
    })
    await copyFile(join(TARGET_DIR, target, 'release', `${name}.wasm`), output)
  },
}
