/**
 * One core module: its sections are walked (function bodies are not), the names of its imports and exports pass the gate, custom sections are
 * left out, and on request memories and tables are capped. Linear in the number of sections, imports and exports.
 * https://webassembly.github.io/spec/core/binary/modules.html
 */
import { capMemories, capTables, readLimits, uncappable, type WasmCaps } from './caps.ts'
import { checkCoreTypes, skipValueType } from './core-types.ts'
import { HEADER_BYTES } from './kind.ts'
import { checkName } from './names.ts'
import { decodeName, Reader } from './reader.ts'
import { Pieces } from './writer.ts'

const CUSTOM = 0
const TYPE = 1
const IMPORT = 2
const TABLE = 4
const MEMORY = 5
const EXPORT = 7
const LAST_SECTION = 13

/** Kinds of imports and exports, by the byte that names them. */
const EXTERN_FUNCTION = 0
const EXTERN_TABLE = 1
const EXTERN_MEMORY = 2
const EXTERN_GLOBAL = 3
const EXTERN_TAG = 4

/** The custom section that holds names of functions. */
const NAME = 'name'

export interface CoreOptions {
  /** Undefined: memories and tables stay as they are. */
  readonly caps?: WasmCaps | undefined
  /** Keeps the section of function names, which stacks of traps show. Only where no code is generated from the module. */
  readonly keepsNames?: boolean
}

/**
 * The module's bytes, rewritten; `bytes` starts with the header of a core module.
 *
 * @throws {PackageError} wasm-invalid, unsafe-name, wasm-memory @throws {LimitError} memory-exceeded
 */
export function rewriteCoreModule(bytes: Uint8Array, { caps, keepsNames = false }: CoreOptions): Pieces {
  const reader = new Reader(bytes, HEADER_BYTES)
  const pieces = new Pieces()
  pieces.add(bytes.subarray(0, HEADER_BYTES))
  const seen = new Set<number>()
  while (!reader.isDone) {
    const id = reader.byte()
    const section = reader.part(reader.unsigned())
    if (id > LAST_SECTION) throw reader.invalid(`has a section of the unknown kind ${id}`)
    if (id === CUSTOM) {
      if (keepsNames && isNameSection(section)) pieces.addSection(id, piecesOf(section.rest()))
      continue
    }
    // Twice the same section is invalid; a parser more lenient than this one would see what was not looked at.
    if (seen.has(id)) throw reader.invalid(`has the section ${id} twice`)
    seen.add(id)
    pieces.addSection(id, rewriteSection(id, section, caps))
  }
  return pieces
}

/** Whether an instance of the module brings a memory of its own. */
export function definesMemory(bytes: Uint8Array): boolean {
  return defines(bytes, MEMORY)
}

/** The same of a table. */
export function definesTable(bytes: Uint8Array): boolean {
  return defines(bytes, TABLE)
}

function defines(bytes: Uint8Array, wanted: number): boolean {
  const reader = new Reader(bytes, HEADER_BYTES)
  while (!reader.isDone) {
    const id = reader.byte()
    const section = reader.part(reader.unsigned())
    if (id === wanted) return section.count() > 0
  }
  return false
}

function rewriteSection(id: number, section: Reader, caps: WasmCaps | undefined): Pieces {
  const contents = section.rest()
  if (id === MEMORY && caps !== undefined) return ended(section, capMemories(section, caps.memoryPages))
  if (id === TABLE && caps !== undefined) return ended(section, capTables(section, caps.tableEntries))
  if (id === TYPE) checkCoreTypes(section)
  else if (id === IMPORT) checkImports(section)
  else if (id === EXPORT) checkExports(section)
  else return piecesOf(contents)
  return ended(section, piecesOf(contents))
}

function ended(section: Reader, pieces: Pieces): Pieces {
  if (!section.isDone) throw section.invalid('has a section that is longer than its contents')
  return pieces
}

function piecesOf(contents: Uint8Array): Pieces {
  const pieces = new Pieces()
  pieces.add(contents)
  return pieces
}

/** Reads with a cursor of its own: the section is kept whole. */
function isNameSection(section: Reader): boolean {
  const name = new Reader(section.rest()).nameBytes()
  return name.length === NAME.length && decodeName(name) === NAME
}

function checkImports(reader: Reader): void {
  for (let left = reader.count(); left > 0; left -= 1) {
    checkName(reader.nameBytes())
    checkName(reader.nameBytes())
    skipExternType(reader)
  }
}

function checkExports(reader: Reader): void {
  for (let left = reader.count(); left > 0; left -= 1) {
    checkName(reader.nameBytes())
    reader.byte()
    reader.unsigned()
  }
}

/** What an import must be. Memories and tables of others are capped where they are made; those that cannot be are refused here. */
export function skipExternType(reader: Reader): void {
  const kind = reader.byte()
  switch (kind) {
    case EXTERN_FUNCTION:
      reader.unsigned()
      return
    case EXTERN_TABLE:
      skipValueType(reader)
      readLimits(reader, 'table')
      return
    case EXTERN_MEMORY:
      readLimits(reader, 'memory')
      return
    case EXTERN_GLOBAL:
      skipValueType(reader)
      reader.byte()
      return
    case EXTERN_TAG:
      reader.byte()
      reader.unsigned()
      return
    default:
      throw uncappable(`imports something of the unknown kind ${kind}`)
  }
}
