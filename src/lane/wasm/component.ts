/**
 * A component and everything nested in it: every name passes the gate, custom sections are left out, and what the world imports and exports
 * is read on the way. The transpiler validates the rest; this reader only has to see every name that it will see.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
 */
import { readAlias, readExternName, readExternType, readSort, SORT_COMPONENT, SORT_FUNCTION, SORT_INSTANCE } from './component-names.ts'
import { checkCoreType, checkType } from './component-types.ts'
import { rewriteCoreModule } from './core-module.ts'
import { expectKind, HEADER_BYTES, wasmKind } from './kind.ts'
import { checkName } from './names.ts'
import { Reader } from './reader.ts'
import { Pieces } from './writer.ts'
import { Scope, type World } from './world.ts'

/** Composed components nest a few levels; the reader goes down by recursion. */
const MAX_DEPTH = 32

/** Sections without names. */
const CANON = 8
const START = 9

/** What is gathered over all levels. */
interface Seen {
  readonly functions: Set<string>
  isAsync: boolean
}

export interface ReadComponent {
  /** The same component without custom sections. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly world: World
  /** Functions that any part of it takes from an instance; more than it imports. */
  readonly usedFunctions: ReadonlySet<string>
  /** It has asynchronous functions (WASI 0.3). */
  readonly isAsync: boolean
}

/** @throws {PackageError} wasm-kind, wasm-invalid, unsafe-name, wasm-memory */
export function readComponent(bytes: Uint8Array): ReadComponent {
  expectKind(bytes, 'component')
  const seen: Seen = { functions: new Set(), isAsync: false }
  const { pieces, scope } = readLevel(bytes, seen, 0)
  return { bytes: pieces.join(), world: scope.world(), usedFunctions: seen.functions, isAsync: seen.isAsync }
}

interface Level {
  readonly pieces: Pieces
  readonly scope: Scope
}

function readLevel(bytes: Uint8Array, seen: Seen, depth: number): Level {
  if (depth > MAX_DEPTH) throw new Reader(bytes).invalid(`nests components deeper than ${MAX_DEPTH}`)
  const reader = new Reader(bytes, HEADER_BYTES)
  const level: Level = { pieces: new Pieces(), scope: new Scope() }
  level.pieces.add(bytes.subarray(0, HEADER_BYTES))
  while (!reader.isDone) {
    const id = reader.byte()
    const section = reader.part(reader.unsigned())
    if (id !== 0) level.pieces.addSection(id, readSection(id, section, level.scope, seen, depth))
  }
  return level
}

function readSection(id: number, section: Reader, scope: Scope, seen: Seen, depth: number): Pieces {
  const contents = section.rest()
  if (id === 1) {
    if (wasmKind(contents) !== 'core') throw section.invalid('holds a core module that is none')
    return rewriteCoreModule(contents, {})
  }
  if (id === 4) {
    if (wasmKind(contents) !== 'component') throw section.invalid('holds a component that is none')
    const nested = readLevel(contents, seen, depth + 1)
    scope.components.push(nested.scope)
    return nested.pieces
  }
  const item = ITEMS.get(id)
  if (item !== undefined) {
    for (let left = section.count(); left > 0; left -= 1) item(section, scope, seen)
    if (!section.isDone) throw section.invalid('has a section that is longer than its contents')
  } else if (id !== CANON && id !== START) {
    throw section.invalid(`has a section of the unknown kind ${id}`)
  }
  const pieces = new Pieces()
  pieces.add(contents)
  return pieces
}

type ReadItem = (reader: Reader, scope: Scope, seen: Seen) => void

/** How one entry of a section is read, by the section's id. */
const ITEMS: ReadonlyMap<number, ReadItem> = new Map<number, ReadItem>([
  [2, checkCoreInstance],
  [3, (reader) => checkCoreType(reader)],
  [5, readInstance],
  [6, readAliasItem],
  [7, readType],
  [10, readImport],
  [11, readExport],
])

function checkCoreInstance(reader: Reader): void {
  const kind = reader.byte()
  if (kind === 0x00) reader.unsigned()
  else if (kind !== 0x01) throw reader.invalid(`has a core instance of the unknown kind ${kind}`)
  for (let left = reader.count(); left > 0; left -= 1) {
    checkName(reader.nameBytes())
    reader.byte()
    reader.unsigned()
  }
}

function readType(reader: Reader, _scope: Scope, seen: Seen): void {
  seen.isAsync = checkType(reader) || seen.isAsync
}

function readInstance(reader: Reader, scope: Scope): void {
  const kind = reader.byte()
  if (kind === 0x00) {
    scope.instances.push(scope.components[reader.unsigned()])
    for (let left = reader.count(); left > 0; left -= 1) {
      checkName(reader.nameBytes())
      readSort(reader)
      reader.unsigned()
    }
    return
  }
  if (kind !== 0x01) throw reader.invalid(`has an instance of the unknown kind ${kind}`)
  const made = new Scope()
  for (let left = reader.count(); left > 0; left -= 1) {
    const name = readExternName(reader)
    const sort = readSort(reader)
    const index = reader.unsigned()
    made.exports.set(name, { sort, instance: sort === SORT_INSTANCE ? scope.instances[index] : undefined })
  }
  scope.instances.push(made)
}

function readAliasItem(reader: Reader, scope: Scope, seen: Seen): void {
  const { sort, name, instance, isCore } = readAlias(reader)
  if (isCore) return
  if (sort === SORT_FUNCTION && name !== undefined) seen.functions.add(name)
  const from = name === undefined ? undefined : scope.instances[instance]?.exports.get(name)?.instance
  if (sort === SORT_INSTANCE) scope.instances.push(from)
  if (sort === SORT_COMPONENT) scope.components.push(undefined)
}

function readImport(reader: Reader, scope: Scope): void {
  const name = readExternName(reader)
  const sort = readExternType(reader)
  scope.imports.push({ name, sort })
  if (sort === SORT_INSTANCE) scope.instances.push(undefined)
  if (sort === SORT_COMPONENT) scope.components.push(undefined)
}

function readExport(reader: Reader, scope: Scope): void {
  const name = readExternName(reader)
  const sort = readSort(reader)
  const index = reader.unsigned()
  if (reader.byte() !== 0) readExternType(reader)
  const instance = sort === SORT_INSTANCE ? scope.instances[index] : undefined
  scope.exports.set(name, { sort, instance })
  // An export is also a new definition.
  if (sort === SORT_INSTANCE) scope.instances.push(instance)
  if (sort === SORT_COMPONENT) scope.components.push(scope.components[index])
}
