/**
 * One instance of the component transpiler (jco's js-component-bindgen, itself a component). It parses a stranger's bytes, and a trap leaves
 * it unusable: whoever made it throws it away after an error.
 */
import { createTranspiler, type RawTranspiler } from 'glovebox:transpiler'
import { PackageError } from '../../errors.ts'
import { cleanText } from '../../util/text.ts'
import { createTranspilerWasi } from './transpiler-wasi.ts'

const MAX_MESSAGE = 1_000

type GenerateOptions = Parameters<RawTranspiler['generate']>[1]
type TypeOptions = Parameters<RawTranspiler['generateTypes']>[1]
type Files = readonly (readonly [name: string, bytes: Uint8Array])[]

export interface Transpiler {
  /** Files by name; views that are only good until the next call. @throws {PackageError} transpile-failed: the instance must not be used again */
  generate(component: Uint8Array, options: GenerateOptions): Files
  /** @throws {PackageError} transpile-failed */
  generateTypes(name: string, options: TypeOptions): Files
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
    generate: (component, options) => attempt(() => raw.generate(component, options).files),
    generateTypes: (name, options) => attempt(() => raw.generateTypes(name, options)),
  }
}

/** A refusal says why; a trap says only that, but the panic before it was printed. */
function describe(cause: unknown, printed: string): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return cleanText(printed === '' ? reason : `${reason}: ${printed}`, MAX_MESSAGE)
}
