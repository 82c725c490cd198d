/** A core module's bytes → the same module, gated and capped: what the core lane compiles. */
import { PackageError } from '../../errors.ts'
import type { WasmCaps } from './caps.ts'
import { rewriteCoreModule } from './core-module.ts'
import { expectKind } from './kind.ts'

/** @throws {PackageError} wasm-kind, wasm-invalid, wasm-memory, unsafe-name @throws {LimitError} memory-exceeded */
export function prepareCore(bytes: Uint8Array, caps: WasmCaps): Uint8Array<ArrayBuffer> {
  expectKind(bytes, 'core')
  const capped = rewriteCoreModule(bytes, { caps, keepsNames: true }).join()
  if (!WebAssembly.validate(capped)) throw new PackageError('wasm-invalid', 'The module is not valid, or uses features that this engine does not have.')
  return capped
}
