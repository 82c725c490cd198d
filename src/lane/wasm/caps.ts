/**
 * Memories and tables of one core module get a maximum, by rewriting their sections: afterwards the engine itself refuses to grow beyond it.
 * What could not be held that way is refused: 64-bit and shared memory, garbage-collected types (their heap is the engine's own).
 * https://webassembly.github.io/spec/core/binary/types.html#limits
 */
import { LimitError, PackageError } from '../../errors.ts'
import { Pieces, unsignedBytes } from './writer.ts'
import type { Reader } from './reader.ts'

export interface WasmCaps {
  /** Pages of 64 KiB, over all memories of the program together. */
  readonly memoryPages: number
  /** Over all tables of the program together: an engine takes up to 30 bytes an entry, outside the memory's limit. */
  readonly tableEntries: number
}

/** Bits of a limits' flag byte. */
const HAS_MAXIMUM = 0x01
const SHARED = 0x02
const IS_64 = 0x04

/** Engines hold a table as at least a pointer an entry; real modules have one, transpiled ones at most two. */
const MAX_TABLES = 16
const TABLE_WITH_INITIALIZER = 0x40

interface WasmLimits {
  readonly minimum: number
  readonly maximum: number | undefined
}

/** Contents of a memory section, capped. @throws {PackageError} wasm-memory @throws {LimitError} memory-exceeded */
export function capMemories(reader: Reader, maxPages: number): Pieces {
  const count = reader.count()
  if (count > 1) throw uncappable('declares more than one memory')
  const pieces = new Pieces()
  pieces.add(Uint8Array.from(unsignedBytes(count)))
  for (let index = 0; index < count; index += 1) {
    const { minimum, maximum } = readLimits(reader, 'memory')
    if (minimum > maxPages) throw tooMuch('memory', minimum, maxPages, 'pages of 64 KiB')
    pieces.add(encodeLimits(minimum, Math.min(maximum ?? maxPages, maxPages)))
  }
  return pieces
}

/** Contents of a table section, capped. @throws {PackageError} wasm-memory @throws {LimitError} memory-exceeded */
export function capTables(reader: Reader, allEntries: number): Pieces {
  const count = reader.count()
  const maxEntries = Math.floor(allEntries / Math.max(1, count))
  if (count > MAX_TABLES) throw uncappable(`declares ${count} tables, more than ${MAX_TABLES}`)
  const pieces = new Pieces()
  pieces.add(Uint8Array.from(unsignedBytes(count)))
  for (let index = 0; index < count; index += 1) {
    const type = reader.byte()
    if (type === TABLE_WITH_INITIALIZER || type === 0x63 || type === 0x64) throw uncappable('declares a table of typed references')
    const { minimum, maximum } = readLimits(reader, 'table')
    if (minimum > maxEntries) throw tooMuch('table', minimum, maxEntries, 'entries')
    pieces.add(Uint8Array.of(type))
    pieces.add(encodeLimits(minimum, Math.min(maximum ?? maxEntries, maxEntries)))
  }
  return pieces
}

/** Reads the limits of a memory or table, its own or an imported one. */
export function readLimits(reader: Reader, what: 'memory' | 'table'): WasmLimits {
  const flags = reader.byte()
  if ((flags & IS_64) !== 0) throw uncappable(`declares a 64-bit ${what}`)
  if ((flags & SHARED) !== 0) throw uncappable(`declares a shared ${what}`)
  if (flags > HAS_MAXIMUM) throw uncappable(`declares a ${what} of an unknown kind`)
  const minimum = reader.unsigned()
  const maximum = flags === HAS_MAXIMUM ? reader.unsigned() : undefined
  if (maximum !== undefined && maximum < minimum) throw reader.invalid(`declares a ${what} whose maximum is below its minimum`)
  return { minimum, maximum }
}

function encodeLimits(minimum: number, maximum: number): Uint8Array {
  return Uint8Array.of(HAS_MAXIMUM, ...unsignedBytes(minimum), ...unsignedBytes(maximum))
}

export function uncappable(what: string): PackageError {
  return new PackageError('wasm-memory', `A WebAssembly module ${what}; its memory could not be limited.`)
}

function tooMuch(what: string, minimum: number, maximum: number, unit: string): LimitError {
  const message = `A WebAssembly ${what} starts with ${minimum} ${unit}; the limit is ${maximum}.`
  return new LimitError('memory-exceeded', message, { details: { minimum, maximum } })
}
