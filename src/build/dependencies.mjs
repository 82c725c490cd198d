// @ts-check
/** Installs node_modules where it is missing or older than the lock file. Plain Node without dependencies. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, say } from './run.mjs'

export async function installDependencies() {
  if (isInstalled()) return
  say('Installing dependencies (npm ci)')
  const code = await run('npm', ['ci'])
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; is the package registry reachable?`)
}

function isInstalled() {
  const record = join(ROOT, 'node_modules/.package-lock.json')
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs
}
