/**
 * The script lane's preparation: do all modules parse, and does every import lead to a file of the package? Compiled in the extension's own
 * worker, nothing runs: a package whose parsing breaks the engine harms only its own instance. Remembered by digest.
 */
import type { PreparedStore } from '../../cache/prepared.ts'
import { LimitError, PackageError } from '../../errors.ts'
import type { FairQueue } from '../../limit/fair-queue.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import { cleanText } from '../../util/text.ts'
import { isRecord } from '../../wire/message.ts'
import type { PrepareWatch, Workbench } from '../instance/runtime.ts'

/** Grows when what is checked changes: older marks are then worth nothing. */
const VERSION = 'script-check-2'

const NEVER = new AbortController().signal

export interface ModuleSources {
  /** Path to text. */
  readonly files: ReadonlyMap<string, string>
  readonly entry: string
  /** Source maps by path, as they are in the package: only the worker reads them, when there is a stack to map. */
  readonly maps: ReadonlyMap<string, Uint8Array>
}

export interface PrepareOptions {
  readonly pkg: VerifiedPackage
  readonly sources: ModuleSources
  readonly limits: Limits
  readonly workbench: Workbench
  readonly prepared: PreparedStore
  readonly places: FairQueue<ExtensionKey>
  readonly watch: PrepareWatch
  readonly signal: AbortSignal | undefined
}

/**
 * @throws {PackageError} syntax-error, import-unresolved, with file, line and column
 * @throws {LimitError} deadline-exceeded when compiling takes longer than `startMs`; the instance is gone. Or the signal's reason
 */
export async function prepareScript({ pkg, sources, limits, workbench, prepared, places, watch, signal = NEVER }: PrepareOptions): Promise<void> {
  const key = `${pkg.digest} ${VERSION}`
  const isKnown = (await prepared.get(key)) !== undefined
  watch.looked(isKnown)
  if (isKnown) return
  const leave = await places.enter(pkg.key, places.places, signal)
  await workbench.prepare(async (instance) => {
    const overdue = new LimitError('deadline-exceeded', `Compiling the package took longer than ${limits.startMs} ms.`)
    const timer = setTimeout(() => instance.end(overdue, false), limits.startMs)
    try {
      await watch.compile(async () => {
        const problem = await instance.check(sources)
        if (problem !== undefined) throw toPackageError(problem)
      })
    } finally {
      clearTimeout(timer)
    }
  }).finally(leave)
  prepared.put(key, new ArrayBuffer(0)).catch(() => {}) // without the mark it is checked again
}

function toPackageError(problem: unknown): PackageError {
  const fields = isRecord(problem) ? problem : {}
  const text = (name: string, maxChars: number): string => (typeof fields[name] === 'string' ? cleanText(fields[name], maxChars) : '')
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : 0)
  const file = text('file', 1024)
  const line = number('line')
  const column = number('column')
  const code = fields['code'] === 'import-unresolved' ? 'import-unresolved' : 'syntax-error'
  return new PackageError(code, `${file}:${line}:${column}: ${text('message', 2000) || 'does not compile'}`, { details: { file, line, column } })
}
