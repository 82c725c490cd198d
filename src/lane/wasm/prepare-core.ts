/** A core module's bytes → the same module, gated and capped: what the core lane compiles. */
import { PackageError } from '../../errors.ts'
import type { WasmCaps } from './caps.ts'
import { rewriteCoreModule } from './core-module.ts'
import { expectKind } from './kind.ts'

/** Whether the engine that will run a module takes it: `WebAssembly.validate` in a browser. Node passes none, since it is not that engine. */
export type Validate = (bytes: Uint8Array<ArrayBuffer>) => boolean

/** @throws {PackageError} wasm-kind, wasm-invalid, wasm-memory, unsafe-name @throws {LimitError} memory-exceeded */
export function prepareCore(bytes: Uint8Array, caps: WasmCaps, validate?: Validate): Uint8Array<ArrayBuffer> {
  expectKind(bytes, 'core')
  const capped = rewriteCoreModule(bytes, { caps, keepsNames: true }).join()
  if (validate?.(capped) === false) throw new PackageError('wasm-invalid', 'The module is not valid, or uses features that this engine does not have.')
  return capped
}
