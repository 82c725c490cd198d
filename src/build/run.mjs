// @ts-check
/** Child processes for the launchers: output shown as it comes, an end that is certain. Plain Node without dependencies. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const KILL_AFTER_MS = 10_000

/**
 * Runs a program to its end and resolves to its exit code; 127 when it cannot start, 124 when it was ended after `timeoutMs`. With a `label`
 * every line of its output begins with it: programs that run side by side stay apart.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string, readonly env?: NodeJS.ProcessEnv, readonly timeoutMs?: number, readonly quiet?: boolean, readonly label?: string | undefined }} [options]
 * @returns {Promise<number>}
 */
export function run(program, args, { cwd = ROOT, env = process.env, timeoutMs = 0, quiet = false, label } = {}) {
  return new Promise((resolve) => {
    // A group of its own where there is a deadline: a program's children end with it.
    const output = quiet ? 'ignore' : label === undefined ? 'inherit' : 'pipe'
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output], detached: timeoutMs > 0 })
    if (label !== undefined) for (const stream of [child.stdout, child.stderr]) if (stream) tell(label, stream)
    let isLate = false
    const timers = timeoutMs > 0
      ? [
          setTimeout(() => { isLate = true; end(child.pid, 'SIGTERM') }, timeoutMs),
          setTimeout(() => end(child.pid, 'SIGKILL'), timeoutMs + KILL_AFTER_MS),
        ]
      : []
    const forward = () => end(child.pid, 'SIGTERM')
    if (timeoutMs > 0) process.once('SIGINT', forward).once('SIGTERM', forward)
    /** @param {number} code */
    const settle = (code) => {
      for (const timer of timers) clearTimeout(timer)
      process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve(code)
    }
    child.once('error', () => settle(127))
    child.once('exit', (code) => settle(isLate ? 124 : code ?? 1))
  })
}

/** @param {string} label @param {import('node:stream').Readable} stream */
function tell(label, stream) {
  createInterface({ input: stream }).on('line', (line) => say(`${label} | ${line}`))
}

/** Ends a process group. @param {number | undefined} pid @param {NodeJS.Signals} signal */
function end(pid, signal) {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`)
}

/** Ends the process as `main` says; with 1, and why, when it rejects. @param {() => Promise<number>} main @returns {Promise<never>} */
export async function exitWith(main) {
  process.exit(await main().catch((/** @type {unknown} */ error) => {
    say(error instanceof Error ? error.message : String(error))
    return 1
  }))
}
