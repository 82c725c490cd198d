/**
 * What AssemblyScript's runtime imports from `env`. Its strings are UTF-16 with their length in bytes four bytes before them.
 * https://www.assemblyscript.org/concepts.html#special-imports
 */
import type { LogLevel } from '../outward.ts'
import { GuestFailure } from './failure.ts'
import type { GuestMemory } from './guest-memory.ts'
import type { ImportFunction, Offer } from './link.ts'

const MAX_CHARS = 1_000
const SIZE_BEFORE = 4

export interface AssemblyScriptOptions {
  readonly memory: () => GuestMemory
  readonly log: (level: LogLevel, text: string) => void
}

const LEVELS: readonly (readonly [string, LogLevel])[] = [
  ['console.log', 'info'], ['console.info', 'info'], ['console.debug', 'debug'], ['console.warn', 'warn'], ['console.error', 'error'],
]

export function offerAssemblyScript({ memory, log }: AssemblyScriptOptions): Offer {
  const offered = new Map<string, ImportFunction>([
    ['abort', { type: 'iiii>', run: (message: number, file: number, line: number, column: number) => {
      const said = message === 0 ? 'abort' : readString(memory(), message)
      throw new GuestFailure('AbortError', `${said} (${file === 0 ? 'unknown file' : readString(memory(), file)}:${line >>> 0}:${column >>> 0})`)
    } }],
    ['trace', { type: 'iiFFFFF>', run: (message: number, count: number, ...numbers: number[]) => {
      log('debug', [readString(memory(), message), ...numbers.slice(0, count)].join(' '))
    } }],
    ['seed', { type: '>F', run: () => Math.random() * 2 ** 53 }],
    ['Date.now', { type: '>F', run: () => Date.now() }],
    ...LEVELS.map(([name, level]): [string, ImportFunction] => [name, { type: 'i>', run: (text: number) => log(level, readString(memory(), text)) }]),
  ])
  return (module, name) => (module === 'env' ? offered.get(name) : undefined)
}

/** What of it can be read: an abort must not fail over its own words. */
function readString(memory: GuestMemory, pointer: number): string {
  try {
    const size = Math.min(memory.readU32((pointer >>> 0) - SIZE_BEFORE, 'a string'), 2 * MAX_CHARS)
    const bytes = memory.view(pointer, size - (size % 2), 'a string')
    return String.fromCharCode(...new Uint16Array(bytes.slice().buffer))
  } catch {
    return `(text at ${pointer >>> 0})`
  }
}
