/**
 * What the page asks of the preparer's worker, and how that says what is wrong. The page reads the answer as a stranger's: a class and a code
 * from a closed list, and a text.
 */
import { type GloveboxError, LaneError, type LaneErrorCode, LimitError, PackageError, type PackageErrorCode } from '../errors.ts'
import { cleanText } from '../util/text.ts'
import type { ErrorRecord } from '../wire/payload.ts'
import { PREPARER_VERSION } from './component/version.ts'

export interface PrepareRequest {
  readonly lane: 'component' | 'core'
  /** The entry's bytes; transferred. */
  readonly bytes: ArrayBuffer
  /** Pages of 64 KiB for all memories together. */
  readonly memoryPages: number
  /** How imports will wait: `jspi` has the guest suspended by the engine, else the worker blocks. */
  readonly waiting: 'jspi' | 'shared-buffer' | 'never'
}

/** Entries of all tables together, which take up to 8 MiB. The largest real table met, of CPython, has 12 000. */
export const TABLE_ENTRIES = 2 ** 18

/** Tells preparations of one package apart, and those of other versions of the preparer. */
export function describePreparation({ lane, memoryPages, waiting }: Omit<PrepareRequest, 'bytes'>): string {
  return `${PREPARER_VERSION} ${lane} ${memoryPages} ${TABLE_ENTRIES} ${waiting === 'jspi' && lane === 'component' ? 'jspi' : 'sync'}`
}

const PACKAGE_CODES: ReadonlySet<string> = new Set<PackageErrorCode>([
  'wasm-invalid', 'wasm-kind', 'wasm-memory', 'unsafe-name', 'transpile-failed', 'unsafe-glue',
])
const LANE_CODES: ReadonlySet<string> = new Set<LaneErrorCode>(['glue-too-large', 'not-supported'])

const MAX_MESSAGE = 2_000

export function toPrepareRecord(error: unknown): ErrorRecord {
  const { code } = error instanceof PackageError || error instanceof LimitError || error instanceof LaneError ? error : { code: 'transpile-failed' }
  return { name: 'PrepareError', message: error instanceof Error ? error.message.slice(0, MAX_MESSAGE) : 'The preparer failed.', code, stack: '' }
}

export function toPrepareError({ code, message }: ErrorRecord): GloveboxError {
  const text = cleanText(message, MAX_MESSAGE)
  if (code === 'memory-exceeded') return new LimitError(code, text)
  if (LANE_CODES.has(code)) return new LaneError(code as LaneErrorCode, text) // a member by the set's type
  return new PackageError(PACKAGE_CODES.has(code) ? (code as PackageErrorCode) : 'transpile-failed', text) // likewise
}
