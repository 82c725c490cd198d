/**
 * Starting a browser takes several steps, each of which can fail. A `Launch` keeps what the steps so far have to undo, so that a launch that
 * fails half-way leaves no process and no profile behind, and its error says which step it was and what the processes printed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const STEP_TIMEOUT_MS = 30_000
const KILL_AFTER_MS = 3_000
const KEPT_LINES = 20

export class Launch {
  readonly #undo: (() => Promise<void> | void)[] = []
  readonly #output: string[] = []
  readonly #steps: string[] = []

  /** Runs `work`; on failure undoes everything and throws what was tried. The caller owns the undoing (`close`) otherwise. */
  static async run<T>(name: string, work: (launch: Launch) => Promise<T>): Promise<T> {
    const launch = new Launch()
    try {
      return await work(launch)
    } catch (error) {
      await launch.close()
      throw new Error(`${name} did not start. ${launch.#report(error)}`, { cause: error })
    }
  }

  onClose(undo: () => Promise<void> | void): void {
    this.#undo.push(undo)
  }

  /** Waits for one step, at most 30 s. */
  async step<T>(what: string, work: Promise<T>): Promise<T> {
    this.#steps.push(what)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${STEP_TIMEOUT_MS / 1000} s`)), STEP_TIMEOUT_MS)
    })
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async profile(name: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `glovebox-${name}-`))
    const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }
    const removeNow = (): void => { rmSync(folder, options) }
    process.once('exit', removeNow)
    this.onClose(async () => {
      await rm(folder, options)
      process.off('exit', removeNow)
    })
    return folder
  }

  /** Starts a program in its own process group: browsers have children, and all of them end with it. */
  program(path: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    this.#steps.push(`run ${[path, ...args].join(' ')}`)
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
    child.once('error', (error) => this.#keep(`${path}: ${error.message}`))
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => this.#keep(line))
    const killNow = (): void => { killGroup(child, 'SIGKILL') }
    // Before the profile is removed, or the browser writes it anew.
    process.prependOnceListener('exit', killNow)
    this.onClose(async () => {
      await stop(child)
      process.off('exit', killNow)
    })
    return child
  }

  /** Undoes every step, last first; goes on after a failure. Safe to call twice. */
  async close(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      try {
        await undo()
      } catch (error) {
        this.#keep(`while closing: ${String(error)}`)
      }
    }
  }

  #keep(line: string): void {
    this.#output.push(line)
    if (this.#output.length > KEPT_LINES) this.#output.shift()
  }

  #report(error: unknown): string {
    return [String(error), 'Tried:', ...this.#steps.map((step) => `  ${step}`), 'Printed:', ...this.#output.map((line) => `  ${line}`)].join('\n')
  }
}

/** The first line of stdout or stderr that matches: its first group. Rejects when the program cannot start or ends first. */
export function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended (${code}) before it printed ${pattern}`)))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => { const found = pattern.exec(line)?.[1]; if (found) resolve(found) })
    }
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit')
    killGroup(child, 'SIGTERM')
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS)
    await gone
    clearTimeout(timer)
  }
  // Children may outlive the first process of their group.
  killGroup(child, 'SIGKILL')
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
