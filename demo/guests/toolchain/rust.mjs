// @ts-check
/** Rust, by the machine's own cargo. The same bytes wherever the folder lies, as long as the compiler's version is the same. */
import { existsSync } from 'node:fs'
import { copyFile, readdir } from 'node:fs/promises'
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
    await run('cargo', ['fetch', '--locked', '--target', target], { cwd: folder })
    const flags = [...await registryFlags(), `--remap-path-prefix=${folder}=/${name}`]
    await run('cargo', ['build', '--release', '--locked', '--target', target], {
      cwd: folder,
      env: { CARGO_TARGET_DIR: TARGET_DIR, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') },
    })
    await copyFile(join(TARGET_DIR, target, 'release', `${name}.wasm`), output)
  },
}

/** Panics name files: without this, the paths of the machine that built it, and where its crates came from. */
async function registryFlags() {
  const sources = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry/src')
  const registries = await readdir(sources).catch(() => [])
  return registries.map((registry) => `--remap-path-prefix=${join(sources, registry)}=/crates`)
}
