/**
 * Walks type definitions of a component, only to put every name in them through the gate: labels of records, variants, flags, enums and
 * parameters, and the imports and exports of component, instance and module types.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md#type-definitions
 */
import { readAlias, readExternName, readExternType } from './component-names.ts'
import { skipExternType } from './core-module.ts'
import { skipRecursiveType } from './core-types.ts'
import { checkName } from './names.ts'
import type { Reader } from './reader.ts'

/** Types nest through component and instance types only; toolchains need four levels. */
const MAX_DEPTH = 32

const FUNCTION = 0x40
const COMPONENT = 0x41
const INSTANCE = 0x42
const ASYNC_FUNCTION = 0x43
const RESOURCE = 0x3f
const ASYNC_RESOURCE = 0x3e
const CORE_MODULE = 0x50

/** One entry of a type section, at nesting `depth`; true when it has an asynchronous function. @throws {PackageError} unsafe-name, wasm-invalid */
export function checkType(reader: Reader, depth = 0): boolean {
  if (depth > MAX_DEPTH) throw reader.invalid(`nests types deeper than ${MAX_DEPTH}`)
  const kind = reader.byte()
  switch (kind) {
    case FUNCTION:
    case ASYNC_FUNCTION:
      checkLabelled(reader, () => reader.skipSigned())
      checkResult(reader)
      return kind === ASYNC_FUNCTION
    case COMPONENT:
    case INSTANCE:
      return checkDeclarations(reader, depth + 1)
    case RESOURCE:
    case ASYNC_RESOURCE:
      reader.byte()
      skipOptional(reader)
      if (kind === ASYNC_RESOURCE) skipOptional(reader)
      return false
    default:
      checkValueType(reader, kind)
      return false
  }
}

/** One entry of a core type section. */
export function checkCoreType(reader: Reader, depth = 0): void {
  if (depth > MAX_DEPTH) throw reader.invalid(`nests types deeper than ${MAX_DEPTH}`)
  const kind = reader.byte()
  // A core type that begins with a subtype is marked by a zero, since the subtype's own byte is that of a module type.
  if (kind !== CORE_MODULE) return skipRecursiveType(reader, kind === 0 ? reader.byte() : kind)
  for (let left = reader.count(); left > 0; left -= 1) checkModuleDeclaration(reader, depth + 1)
}

function checkDeclarations(reader: Reader, depth: number): boolean {
  let isAsync = false
  for (let left = reader.count(); left > 0; left -= 1) isAsync = checkDeclaration(reader, depth) || isAsync
  return isAsync
}

function checkDeclaration(reader: Reader, depth: number): boolean {
  const kind = reader.byte()
  switch (kind) {
    case 0x00:
      checkCoreType(reader, depth)
      return false
    case 0x01:
      return checkType(reader, depth)
    case 0x02:
      readAlias(reader)
      return false
    case 0x03:
    case 0x04:
      readExternName(reader)
      readExternType(reader)
      return false
    default:
      throw reader.invalid(`has a declaration of the unknown kind ${kind}`)
  }
}

function checkModuleDeclaration(reader: Reader, depth: number): void {
  const kind = reader.byte()
  switch (kind) {
    case 0x00:
      checkName(reader.nameBytes())
      checkName(reader.nameBytes())
      return skipExternType(reader)
    case 0x01:
      return checkCoreType(reader, depth)
    case 0x02:
      reader.byte()
      reader.byte()
      reader.unsigned()
      return void reader.unsigned()
    case 0x03:
      checkName(reader.nameBytes())
      return skipExternType(reader)
    default:
      throw reader.invalid(`has a declaration of the unknown kind ${kind}`)
  }
}

function checkLabelled(reader: Reader, skipRest: () => void): void {
  for (let left = reader.count(); left > 0; left -= 1) {
    checkName(reader.nameBytes())
    skipRest()
  }
}

/** One unnamed result, or none; the first binary format also had named ones. */
function checkResult(reader: Reader): void {
  if (reader.byte() === 0x00) reader.skipSigned()
  else checkLabelled(reader, () => reader.skipSigned())
}

function skipOptional(reader: Reader): void {
  if (reader.byte() !== 0) reader.skipSigned()
}

function checkValueType(reader: Reader, kind: number): void {
  if ((kind >= 0x73 && kind <= 0x7f) || kind === 0x64) return // a primitive
  switch (kind) {
    case 0x72: // record
      return checkLabelled(reader, () => reader.skipSigned())
    case 0x71: // variant
      return checkLabelled(reader, () => {
        skipOptional(reader)
        skipOptional(reader)
      })
    case 0x6e: // flags
    case 0x6d: // enum
      return checkLabelled(reader, () => undefined)
    case 0x6f: // tuple
      for (let left = reader.count(); left > 0; left -= 1) reader.skipSigned()
      return
    case 0x67: // list of a fixed length
    case 0x63: // map
      reader.skipSigned()
      return reader.skipSigned()
    case 0x6a: // result
      skipOptional(reader)
      return skipOptional(reader)
    case 0x66: // stream
    case 0x65: // future
      return skipOptional(reader)
    case 0x70: // list
    case 0x6b: // option
    case 0x69: // own
    case 0x68: // borrow
      return reader.skipSigned()
    default:
      throw reader.invalid(`has a type of the unknown kind ${kind}`)
  }
}
