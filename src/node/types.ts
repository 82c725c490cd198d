/**
 * TypeScript types of what an extension exports, from its component or its WIT: one file of declarations, whose type `Exports` is what
 * `extension.exports` has, every function with a promise as its result.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PackageError } from '../errors.ts'
import type { Transpiler } from '../lane/component/transpiler.ts'
import { readComponent } from '../lane/wasm/component.ts'
import { wasmKind } from '../lane/wasm/kind.ts'
import { loadTranspiler } from './transpiler.ts'
import { joinTypes } from './join-types.ts'

export interface TypesOptions {
  /** Which world, where a WIT file has more than one. */
  readonly world?: string
}

/**
 * The text of a `.d.ts` file.
 *
 * @param source  a component (`.wasm`) or a WIT file that holds all packages it uses
 * @throws {PackageError} file-missing, wasm-kind, wasm-invalid, unsafe-name; transpile-failed when the WIT is not valid
 */
export async function types(source: string | URL, options: TypesOptions = {}): Promise<string> {
  return typesOf(source, options, loadTranspiler)
}

/** As `types`, with the transpiler from elsewhere. */
export async function typesOf(source: string | URL, { world }: TypesOptions, openTranspiler: () => Promise<Transpiler>): Promise<string> {
  const path = typeof source === 'string' ? source : fileURLToPath(source)
  const bytes = new Uint8Array(await readFile(path).catch((cause: unknown) => {
    throw new PackageError('file-missing', `${JSON.stringify(path)} could not be read.`, { cause, details: { path } })
  }))
  const isWasm = wasmKind(bytes) !== undefined || path.endsWith('.wasm')
  // The gate first: names become TypeScript that somebody will compile.
  const wit = isWasm ? { tag: 'binary' as const, val: readComponent(bytes).bytes } : { tag: 'source' as const, val: new TextDecoder().decode(bytes) }
  const transpiler = await openTranspiler()
  const files = transpiler.generateTypes(world === undefined ? { wit } : { wit, world })
  return joinTypes(new Map(files.map(([name, text]) => [name, new TextDecoder().decode(text)])), basename(path))
}
