// @ts-check
/** Installs node_modules where it is missing or not what the lock file says. Plain Node without dependencies. */
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, say } from './run.mjs'

/**
 * @param {string} [root]
 * @throws {Error} when the installation fails, or when node_modules is a link: `npm ci` would empty the folder that it leads to, which belongs
 *   to somebody else
 */
export async function installDependencies(root = ROOT) {
  if (isInstalled(root)) return
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error('node_modules is a link to a folder that does not match package-lock.json; install there, or remove the link')
  }
  say('Installing dependencies (npm ci)')
  const code = await run('npm', ['ci'], { cwd: root })
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; is the package registry reachable?`)
}

/** By versions, not by file times: a touched lock file must not cost a new installation. @param {string} root */
function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const present = readPackages(join(root, 'node_modules/.package-lock.json'))
  return Object.entries(wanted).every(([path, { version, optional }]) => path === '' || optional || present[path]?.version === version)
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return {}
  }
}
