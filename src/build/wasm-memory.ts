/**
 * Lowers the minimum of a WebAssembly module's imported memory, in place of its bytes (the number keeps its encoded length).
 * QuickJS asks for 256 pages and boots in far fewer: with a tight minimum the memory's size says how much of it was ever used,
 * so a reset has less to restore and an instance is smaller.
 * https://webassembly.github.io/spec/core/binary/modules.html#import-section
 */

const HEADER_BYTES = 8
const IMPORT_SECTION = 2
const HAS_MAXIMUM = 1

/** Kinds of an import, by the byte that names them. */
const FUNCTION = 0
const TABLE = 1
const MEMORY = 2
const GLOBAL = 3

/** Where reading goes on. */
export interface Cursor { at: number }

/**
 * Returns a copy of `wasm` whose imported memory has `pages` (of 64 KiB) as its minimum.
 *
 * @throws {RangeError} when `wasm` imports no memory, or one whose minimum is below `pages` or whose number would not fit
 */
export function lowerMemoryMinimum(wasm: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  return setMemoryMinimum(wasm, pages, (before) => pages <= before)
}

/** The other way: for a module that brings more memory along. @throws {RangeError} as `lowerMemoryMinimum` */
export function raiseMemoryMinimum(wasm: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  return setMemoryMinimum(wasm, pages, (before) => pages >= before)
}

function setMemoryMinimum(wasm: Uint8Array, pages: number, mayFollow: (before: number) => boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(wasm)
  const at = memoryMinimumOffset(bytes)
  const end: Cursor = { at }
  const before = readUnsigned(bytes, end)
  if (!mayFollow(before)) throw new RangeError(`the memory's minimum is ${before} pages and cannot become ${pages}`)
  writePadded(bytes, at, end.at - at, pages)
  return bytes
}

function memoryMinimumOffset(bytes: Uint8Array): number {
  const cursor: Cursor = { at: HEADER_BYTES }
  while (cursor.at < bytes.length) {
    const section = readByte(bytes, cursor)
    const size = readUnsigned(bytes, cursor)
    if (section === IMPORT_SECTION) return findMemoryImport(bytes, cursor)
    cursor.at += size
  }
  throw new RangeError('the module imports nothing')
}

function findMemoryImport(bytes: Uint8Array, cursor: Cursor): number {
  const count = readUnsigned(bytes, cursor)
  for (let index = 0; index < count; index += 1) {
    skipName(bytes, cursor)
    skipName(bytes, cursor)
    const kind = readByte(bytes, cursor)
    if (kind === MEMORY) {
      readByte(bytes, cursor)
      return cursor.at
    }
    skipDescription(bytes, cursor, kind)
  }
  throw new RangeError('the module imports no memory')
}

function skipDescription(bytes: Uint8Array, cursor: Cursor, kind: number): void {
  switch (kind) {
    case FUNCTION:
      readUnsigned(bytes, cursor)
      return
    case TABLE: {
      readByte(bytes, cursor)
      const flags = readByte(bytes, cursor)
      readUnsigned(bytes, cursor)
      if ((flags & HAS_MAXIMUM) !== 0) readUnsigned(bytes, cursor)
      return
    }
    case GLOBAL:
      cursor.at += 2
      return
    default:
      throw new RangeError(`unknown import kind ${kind}`)
  }
}

function skipName(bytes: Uint8Array, cursor: Cursor): void {
  const length = readUnsigned(bytes, cursor)
  cursor.at += length
}

function readByte(bytes: Uint8Array, cursor: Cursor): number {
  const byte = bytes[cursor.at]
  if (byte === undefined) throw new RangeError('the module ends early')
  cursor.at += 1
  return byte
}

/** LEB128. @throws {RangeError} when the bytes end early or the number is longer than 32 bits */
export function readUnsigned(bytes: Uint8Array, cursor: Cursor): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte(bytes, cursor)
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  throw new RangeError('a number is longer than 32 bits')
}

/** LEB128 may be padded: continuation bits up to the last byte keep the length, and so every offset after it. */
function writePadded(bytes: Uint8Array, at: number, length: number, value: number): void {
  let rest = value
  for (let index = 0; index < length; index += 1) {
    const isLast = index === length - 1
    bytes[at + index] = (rest & 0x7f) | (isLast ? 0 : 0x80)
    rest >>>= 7
  }
  if (rest !== 0) throw new RangeError(`${value} does not fit into ${length} bytes`)
}
