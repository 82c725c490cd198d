/**
 * Reads the types of a core module's imports and exported functions. The module was gated before: its types are those of functions, its sections
 * come once. https://webassembly.github.io/spec/core/binary/modules.html
 */
import type { CoreImport, CoreSignature, FunctionType, ImportType } from '../../wire/core-signature.ts'
import { readLimits } from './caps.ts'
import { HEADER_BYTES } from './kind.ts'
import { decodeName, Reader } from './reader.ts'

const TYPE = 1
const IMPORT = 2
const FUNCTION = 3
const EXPORT = 7

const RECURSIVE = 0x4e
const SUBTYPE = 0x50
const FINAL_SUBTYPE = 0x4f
const NULLABLE_REFERENCE = 0x63
const REFERENCE = 0x64

const LETTERS: ReadonlyMap<number, string> = new Map([[0x7f, 'i'], [0x7e, 'I'], [0x7d, 'f'], [0x7c, 'F'], [0x7b, 'v']])

/** @throws {PackageError} wasm-invalid */
export function readSignature(bytes: Uint8Array): CoreSignature {
  const types: FunctionType[] = []
  const imports: CoreImport[] = []
  /** Type of each function: the imported ones first. */
  const functions: FunctionType[] = []
  const exported = new Map<string, FunctionType>()
  const reader = new Reader(bytes, HEADER_BYTES)
  while (!reader.isDone) {
    const id = reader.byte()
    const section = reader.part(reader.unsigned())
    if (id === TYPE) for (let left = section.count(); left > 0; left -= 1) readTypes(section, section.byte(), types)
    if (id === IMPORT) {
      for (let left = section.count(); left > 0; left -= 1) imports.push(readImport(section, types))
      for (const { is } of imports) if (is.kind === 'function') functions.push(is.type)
    }
    if (id === FUNCTION) for (let left = section.count(); left > 0; left -= 1) functions.push(typeAt(section, types))
    if (id === EXPORT) for (let left = section.count(); left > 0; left -= 1) readExport(section, functions, exported)
  }
  return { imports, functions: exported }
}

function readTypes(reader: Reader, first: number, types: FunctionType[]): void {
  if (first !== RECURSIVE) return void types.push(readSubtype(reader, first))
  for (let left = reader.count(); left > 0; left -= 1) types.push(readSubtype(reader, reader.byte()))
}

function readSubtype(reader: Reader, first: number): FunctionType {
  if (first === SUBTYPE || first === FINAL_SUBTYPE) {
    for (let left = reader.count(); left > 0; left -= 1) reader.unsigned()
    reader.byte() // a function's: the gate let no other pass
  }
  return `${readLetters(reader)}>${readLetters(reader)}`
}

function readLetters(reader: Reader): string {
  let letters = ''
  for (let left = reader.count(); left > 0; left -= 1) letters += readLetter(reader)
  return letters
}

function readLetter(reader: Reader): string {
  const type = reader.byte()
  if (type === NULLABLE_REFERENCE || type === REFERENCE) reader.skipSigned()
  return LETTERS.get(type) ?? 'r'
}

function typeAt(reader: Reader, types: readonly FunctionType[]): FunctionType {
  const type = types[reader.unsigned()]
  if (type === undefined) throw reader.invalid('names a type that is not there')
  return type
}

function readImport(reader: Reader, types: readonly FunctionType[]): CoreImport {
  const [module, name] = [decodeName(reader.nameBytes()), decodeName(reader.nameBytes())]
  return { module, name, is: readImportType(reader, types) }
}

function readImportType(reader: Reader, types: readonly FunctionType[]): ImportType {
  switch (reader.byte()) {
    case 0:
      return { kind: 'function', type: typeAt(reader, types) }
    case 1:
      readLetter(reader)
      readLimits(reader, 'table')
      return { kind: 'table' }
    case 2:
      return { kind: 'memory', ...readLimits(reader, 'memory') }
    case 3:
      readLetter(reader)
      reader.byte()
      return { kind: 'global' }
    default:
      reader.byte()
      reader.unsigned()
      return { kind: 'tag' }
  }
}

function readExport(reader: Reader, functions: readonly FunctionType[], exported: Map<string, FunctionType>): void {
  const name = decodeName(reader.nameBytes())
  const [kind, index] = [reader.byte(), reader.unsigned()]
  if (kind !== 0) return
  const type = functions[index]
  if (type === undefined) throw reader.invalid('exports a function that is not there')
  exported.set(name, type)
}
