/**
 * Names and indices as they stand in many places of a component: of imports, exports and aliases, each with the sort of what it names.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md#import-and-export-definitions
 */
import { safeName } from './names.ts'
import type { Reader } from './reader.ts'

/** What definitions are of, by the byte that names them. */
const SORT_CORE = 0x00
export const SORT_FUNCTION = 0x01
const SORT_VALUE = 0x02
const SORT_TYPE = 0x03
export const SORT_COMPONENT = 0x04
export const SORT_INSTANCE = 0x05

/** Name of an import or export of a component. Two forms are in use, for the same thing. */
export function readExternName(reader: Reader): string {
  const form = reader.byte()
  if (form > 1) throw reader.invalid(`has a name of the unknown form ${form}`)
  return safeName(reader.nameBytes())
}

/** The type of an import or export; gives its sort. */
export function readExternType(reader: Reader): number {
  const sort = reader.byte()
  switch (sort) {
    case SORT_CORE:
      reader.byte()
      reader.unsigned()
      return sort
    case SORT_FUNCTION:
    case SORT_COMPONENT:
    case SORT_INSTANCE:
      reader.unsigned()
      return sort
    case SORT_VALUE:
      reader.byte()
      reader.skipSigned()
      return sort
    case SORT_TYPE:
      if (reader.byte() === 0) reader.unsigned() // equal to a type; else a resource of its own
      return sort
    default:
      throw reader.invalid(`has an import or export of the unknown kind ${sort}`)
  }
}

/** What an alias names: an export of an instance, by its name, or (without one) a definition of an outer component. */
export interface Alias {
  readonly sort: number
  readonly name: string | undefined
  readonly instance: number
  /** The instance is one of a core module. */
  readonly isCore: boolean
}

export function readAlias(reader: Reader): Alias {
  const sort = readSort(reader)
  const target = reader.byte()
  const instance = reader.unsigned()
  if (target === 0x02) {
    reader.unsigned()
    return { sort, name: undefined, instance, isCore: false }
  }
  if (target > 0x02) throw reader.invalid(`has an alias of the unknown kind ${target}`)
  return { sort, name: safeName(reader.nameBytes()), instance, isCore: target === 0x01 }
}

/** The sort's byte; core sorts all count as `SORT_CORE`. */
export function readSort(reader: Reader): number {
  const sort = reader.byte()
  if (sort === SORT_CORE) reader.byte()
  return sort
}
