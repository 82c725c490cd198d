// @ts-check
/** Runs a tool to its end and keeps what it said, for the one case that somebody needs it: that it failed. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))

/** Tools that `--install` fetched; never in the project's own node_modules. */
export const TOOLS = join(CACHE, 'guests-tools')
/** What compilers keep between builds. */
export const SCRATCH = join(CACHE, 'guests-scratch')

const KEPT_CHARACTERS = 4000

/**
 * Resolves with stdout.
 * @param {string} command @param {readonly string[]} args @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let said = ''
    child.stdout.on('data', (data) => {
      output += data
      said = (said + data).slice(-KEPT_CHARACTERS)
    })
    child.stderr.on('data', (data) => {
      said = (said + data).slice(-KEPT_CHARACTERS)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}`))
    })
  })
}

/** True where the tool is there and does not fail. @param {string} command @param {readonly string[]} args */
export async function works(command, args) {
  return run(command, args).then(
    () => true,
    () => false,
  )
}
