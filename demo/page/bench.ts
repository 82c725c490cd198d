/**
 * One extension on the gallery's bench: installs it, runs its functions, and keeps what the inspector shows (runs, log lines, limits hit).
 * Fires `change` after anything of it changed. Lives as long as the page.
 */
import { cleanText } from 'glovebox/ui'
import type { Extension, Glovebox, LogDetail } from './library.ts'
import { describeFailure, isLimit } from './failure.ts'
import type { Failure } from './failure.ts'

export interface Run {
  readonly call: string
  readonly ms: number
  readonly failure: Failure | undefined
}
export interface LogLine {
  readonly level: string
  readonly text: string
  /** Epoch ms. */
  readonly time: number
  readonly call: number | undefined
  /** `main.js:15:40`, '' where it is not known. */
  readonly place: string
}
export interface LimitHit {
  readonly code: string
  readonly message: string
  count: number
}

export type Change = 'install' | 'run' | 'log' | 'limit' | 'permission' | 'state'

const MAX_RUNS = 12
const MAX_LINES = 200
/** Characters of a line that are kept: a flood of long ones must still be read as lines. */
const MAX_LINE = 160

export class Bench extends EventTarget {
  readonly name: string
  readonly runs: Run[] = []
  readonly lines: LogLine[] = []
  readonly limits: LimitHit[] = []
  /** Log lines and characters received, also of those no longer kept. */
  readonly logged = { lines: 0, characters: 0 }
  /** From the click to the installed extension: fetched, verified, prepared. NaN before. */
  installMs = Number.NaN
  /** How long `start` took. NaN before. */
  startMs = Number.NaN
  readonly #box: Glovebox
  readonly #url: string
  #extension: Extension | undefined
  #installing: Promise<Extension> | undefined
  #failure: Failure | undefined
  #limitHits = 0
  readonly #running = new Set<AbortController>()

  constructor(box: Glovebox, name: string) {
    super()
    this.#box = box
    this.name = name
    this.#url = new URL(`/extensions/${name}/glovebox.json`, location.href).href
  }

  get extension(): Extension | undefined {
    return this.#extension
  }
  get installFailure(): Failure | undefined {
    return this.#failure
  }
  /** Installed in an earlier visit: opening it asks only for what is not granted any more. */
  get isKnown(): boolean {
    return this.#box.list().some(({ origin }) => this.#url.startsWith(origin))
  }
  get isInstalling(): boolean {
    return this.#installing !== undefined && this.#extension === undefined
  }
  get isRunning(): boolean {
    return this.#running.size > 0
  }
  get report(): unknown {
    return this.#box.report()
  }

  /** Installs once; asking again while it runs shares the answer, after a failure it tries anew. */
  install(): Promise<Extension> {
    this.#installing ??= this.#install().finally(() => {
      if (this.#extension === undefined) this.#installing = undefined
      this.#changed('install')
    })
    this.#changed('install')
    return this.#installing
  }

  /** Calls an export; see `perform`. */
  run(call: string, args: readonly unknown[]): Promise<unknown> {
    return this.perform(call, (extension, signal) => extension.call(call, args, { signal }))
  }

  /** Does `work` with the extension, as the run named `call`. Rejects with what it rejected with; either way the run is kept. */
  async perform<T>(call: string, work: (extension: Extension, signal: AbortSignal) => Promise<T>): Promise<T> {
    const extension = await this.install()
    const stop = new AbortController()
    this.#running.add(stop)
    this.#changed('run')
    const started = performance.now()
    const limitsBefore = this.#limitHits
    try {
      const value = await work(extension, stop.signal)
      this.#ended(stop, { call, ms: performance.now() - started, failure: undefined })
      return value
    } catch (error) {
      const failure = describeFailure(error)
      // Most limits that end a call are told by its error alone; one that came as an event as well is not counted twice.
      if (isLimit(error) && this.#limitHits === limitsBefore) this.#hit(failure.code, failure.message)
      this.#ended(stop, { call, ms: performance.now() - started, failure })
      throw error
    }
  }

  /** Starts it ahead of the first call. */
  async start(): Promise<void> {
    const extension = await this.install()
    const begun = performance.now()
    await extension.start()
    this.startMs = performance.now() - begun
    this.#changed('state')
  }

  /** Ends every call in flight. */
  stop(): void {
    for (const controller of this.#running) controller.abort()
  }

  async #install(): Promise<Extension> {
    this.#failure = undefined
    const begun = performance.now()
    try {
      const extension = await this.#box.install(this.#url)
      this.installMs = performance.now() - begun
      this.#listen(extension)
      this.#extension = extension
      return extension
    } catch (error) {
      this.#failure = describeFailure(error)
      throw error
    }
  }

  #listen(extension: Extension): void {
    extension.addEventListener('log', ({ detail }) => this.#logged(detail))
    extension.addEventListener('limit', ({ detail }) => this.#hit(detail.code, detail.message))
    extension.addEventListener('permission', () => this.#changed('permission'))
    extension.addEventListener('state', () => this.#changed('state'))
  }

  #logged({ level, text, time, call, position }: LogDetail): void {
    this.logged.lines += 1
    this.logged.characters += text.length
    const place = position === undefined ? '' : cleanText(`${position.file}:${position.line}:${position.column}`, 200)
    this.lines.push({ level, text: cleanText(text, MAX_LINE), time, call, place })
    if (this.lines.length > MAX_LINES) this.lines.shift()
    this.#changed('log')
  }

  #hit(code: string, message: string): void {
    this.#limitHits += 1
    const known = this.limits.find((hit) => hit.code === code)
    if (known) known.count += 1
    else this.limits.push({ code, message: cleanText(message, 200), count: 1 })
    this.#changed('limit')
  }

  #ended(stop: AbortController, run: Run): void {
    this.#running.delete(stop)
    this.runs.unshift(run)
    this.runs.length = Math.min(this.runs.length, MAX_RUNS)
    this.#changed('run')
  }

  #changed(what: Change): void {
    this.dispatchEvent(new CustomEvent<Change>('change', { detail: what }))
  }
}
