/**
 * One instance of the component transpiler (jco's js-component-bindgen, itself a component). It parses a stranger's bytes, and a trap leaves
 * it unusable: whoever made it throws it away after an error.
 */
import { createTranspiler } from 'glovebox:transpiler'
import { PackageError } from '../../errors.ts'
import { cleanText } from '../../util/text.ts'
import { createTranspilerWasi } from './transpiler-wasi.ts'

const MAX_MESSAGE = 1_000

/** What is used of the transpiler's options; written out, since declarations of the package must not name one that users do not have. */
export interface GenerateOptions {
  readonly asyncMode: { readonly tag: 'sync' } | { readonly tag: 'jspi'; readonly val: { readonly imports: string[]; readonly exports: string[] } }
}

export interface TypeOptions {
  readonly wit: { readonly tag: 'binary'; readonly val: Uint8Array } | { readonly tag: 'source'; readonly val: string }
  readonly world?: string
}

/** Measured in Chromium, Firefox and WebKitGTK: the last has no memories beyond one. */
const FIXED = {
  name: 'component', noTypescript: true, noNodejsCompat: true, instantiation: { tag: 'async' }, base64Cutoff: 0, tlaCompat: false, multiMemory: false,
} as const

const TYPES = { instantiation: { tag: 'async' }, tlaCompat: false, features: { tag: 'all' } } as const

type Files = readonly (readonly [name: string, bytes: Uint8Array])[]

export interface Transpiler {
  /** Files by name; views that are only good until the next call. @throws {PackageError} transpile-failed: the instance must not be used again */
  generate(component: Uint8Array, options: GenerateOptions): Files
  /** @throws {PackageError} transpile-failed */
  generateTypes(options: TypeOptions): Files
}

/** @param modules  its two core modules, compiled */
export async function openTranspiler(modules: readonly WebAssembly.Module[]): Promise<Transpiler> {
  const { wasi, text } = createTranspilerWasi()
  const raw = await createTranspiler(modules, wasi, { error() {} })
  const attempt = (run: () => Files): Files => {
    try {
      return run()
    } catch (cause) {
      throw new PackageError('transpile-failed', `The component could not be transpiled: ${describe(cause, text())}`, { cause })
    }
  }
  return {
    generate: (component, options) => attempt(() => raw.generate(component, { ...FIXED, ...options }).files),
    generateTypes: (options) => attempt(() => raw.generateTypes('world', { ...TYPES, ...options })),
  }
}

/** A refusal says why; a trap says only that, but the panic before it was printed. */
function describe(cause: unknown, printed: string): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return cleanText(printed === '' ? reason : `${reason}: ${printed}`, MAX_MESSAGE)
}
