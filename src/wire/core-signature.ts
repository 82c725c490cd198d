/**
 * The types of a core module's imports and exports, which an engine does not tell of a compiled module. The preparer reads them from the bytes
 * and writes them into a custom section of the module (all others it leaves out); the worker reads them there.
 */

/** Parameters, `>`, results: one letter each. `i` i32, `I` i64, `f` f32, `F` f64, `v` a vector, `r` a reference. */
export type FunctionType = string

export type ImportType =
  | { readonly kind: 'function'; readonly type: FunctionType }
  /** Pages of 64 KiB. */
  | { readonly kind: 'memory'; readonly minimum: number; readonly maximum: number | undefined }
  | { readonly kind: 'table' | 'global' | 'tag' }

export interface CoreImport {
  readonly module: string
  readonly name: string
  readonly is: ImportType
}

export interface CoreSignature {
  readonly imports: readonly CoreImport[]
  /** Exported functions by name. */
  readonly functions: ReadonlyMap<string, FunctionType>
}

export const SIGNATURE_SECTION = 'glovebox:signature'

/** A function's type by its number, a memory's limits, or a kind that nothing more is known of. */
type EncodedImport = number | readonly [minimum: number, maximum: number | null] | 'table' | 'global' | 'tag'

/** Types are named by number: a module may give one long type to many functions. */
interface Encoded {
  readonly types: readonly FunctionType[]
  readonly imports: readonly (readonly [module: string, name: string, is: EncodedImport])[]
  readonly functions: readonly (readonly [name: string, type: number])[]
}

export function encodeSignature({ imports, functions }: CoreSignature): string {
  const types = new Map<FunctionType, number>()
  const numberOf = (type: FunctionType): number => {
    const known = types.get(type) ?? types.size
    types.set(type, known)
    return known
  }
  const encodeImport = (is: ImportType): EncodedImport => {
    if (is.kind === 'function') return numberOf(is.type)
    return is.kind === 'memory' ? [is.minimum, is.maximum ?? null] : is.kind
  }
  const encoded: Omit<Encoded, 'types'> = {
    imports: imports.map(({ module, name, is }) => [module, name, encodeImport(is)]),
    functions: [...functions].map(([name, type]) => [name, numberOf(type)]),
  }
  return JSON.stringify({ types: [...types.keys()], ...encoded } satisfies Encoded)
}

/** Of what the preparer wrote. @throws {SyntaxError} */
export function decodeSignature(text: string): CoreSignature {
  const { types, imports, functions } = JSON.parse(text) as Encoded // our own preparer's text: the module's other sections cannot reach it
  const typeOf = (index: number): FunctionType => types[index] ?? '>'
  const decodeImport = (is: EncodedImport): ImportType => {
    if (typeof is === 'number') return { kind: 'function', type: typeOf(is) }
    return typeof is === 'string' ? { kind: is } : { kind: 'memory', minimum: is[0], maximum: is[1] ?? undefined }
  }
  return {
    imports: imports.map(([module, name, is]) => ({ module, name, is: decodeImport(is) })),
    functions: new Map(functions.map(([name, type]) => [name, typeOf(type)])),
  }
}

const NAMES: Readonly<Record<string, string>> = { i: 'i32', I: 'i64', f: 'f32', F: 'f64', v: 'v128', r: 'a reference' }

/** `(i32, i32) -> i64`, for messages. */
export function showType(type: FunctionType): string {
  const [params = '', results = ''] = type.split('>')
  const show = (letters: string): string => `(${[...letters].map((letter) => NAMES[letter] ?? letter).join(', ')})`
  return `${show(params)} -> ${results.length === 1 ? show(results).slice(1, -1) : show(results)}`
}
