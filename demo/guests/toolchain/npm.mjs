// @ts-check
/** Compilers from npm, in a folder of their own: the project's package.json and lock file know nothing of them. */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, TOOLS } from '../run.mjs'

const FOLDER = join(TOOLS, 'npm')

/** @param {string} path below node_modules */
export function npmFile(path) {
  return join(FOLDER, 'node_modules', path)
}

/** @param {string} specifier with its exact version */
export async function installNpm(specifier) {
  await mkdir(FOLDER, { recursive: true })
  if (!existsSync(join(FOLDER, 'package.json'))) await writeFile(join(FOLDER, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', specifier], { cwd: FOLDER })
}
