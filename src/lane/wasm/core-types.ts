/**
 * Walks the type section of a core module, to find garbage-collected types: their objects live in the engine's own heap, which no limit of
 * ours holds. Function types pass.
 * https://webassembly.github.io/spec/core/binary/types.html#recursive-types
 */
import { uncappable } from './caps.ts'
import type { Reader } from './reader.ts'

const FUNCTION = 0x60
const STRUCT = 0x5f
const ARRAY = 0x5e
const CONTINUATION = 0x5d
const RECURSIVE = 0x4e
const SUBTYPE = 0x50
const FINAL_SUBTYPE = 0x4f
/** Typed references, nullable or not, name a type. */
const NULLABLE_REFERENCE = 0x63
const REFERENCE = 0x64

/** @throws {PackageError} wasm-memory */
export function checkCoreTypes(reader: Reader): void {
  for (let left = reader.count(); left > 0; left -= 1) skipRecursiveType(reader, reader.byte())
}

/** `first`: the byte that begins it. */
export function skipRecursiveType(reader: Reader, first: number): void {
  if (first !== RECURSIVE) return skipSubtype(reader, first)
  for (let left = reader.count(); left > 0; left -= 1) skipSubtype(reader, reader.byte())
}

function skipSubtype(reader: Reader, first: number): void {
  if (first !== SUBTYPE && first !== FINAL_SUBTYPE) return skipCompositeType(reader, first)
  for (let left = reader.count(); left > 0; left -= 1) reader.unsigned()
  skipCompositeType(reader, reader.byte())
}

function skipCompositeType(reader: Reader, kind: number): void {
  if (kind === STRUCT || kind === ARRAY) throw uncappable('declares garbage-collected types')
  if (kind === CONTINUATION) throw uncappable('declares stacks of its own')
  if (kind !== FUNCTION) throw reader.invalid(`declares a type of the unknown kind ${kind}`)
  for (let lists = 0; lists < 2; lists += 1) {
    for (let left = reader.count(); left > 0; left -= 1) skipValueType(reader)
  }
}

export function skipValueType(reader: Reader): void {
  const type = reader.byte()
  if (type === NULLABLE_REFERENCE || type === REFERENCE) reader.skipSigned()
}
