// @ts-check
/** A virtual environment of ours for what PyPI has prebuilt: the Zig compiler and componentize-py. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run, TOOLS } from '../run.mjs'

const VENV = join(TOOLS, 'python')

/** @param {string} name */
export function pythonTool(name) {
  return join(VENV, 'bin', name)
}

/** @param {string} requirement with its exact version */
export async function installPackage(requirement) {
  if (!existsSync(pythonTool('pip'))) await run('python3', ['-m', 'venv', VENV])
  await run(pythonTool('pip'), ['install', '--quiet', '--disable-pip-version-check', requirement])
}
