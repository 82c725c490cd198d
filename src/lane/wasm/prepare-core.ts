/** A core module's bytes → the same module, gated and capped, with its types written down: what the core lane compiles. */
import { PackageError } from '../../errors.ts'
import { encodeSignature, SIGNATURE_SECTION } from '../../wire/core-signature.ts'
import type { WasmCaps } from './caps.ts'
import { rewriteCoreModule } from './core-module.ts'
import { expectKind } from './kind.ts'
import { readSignature } from './signature.ts'
import { Pieces, unsignedBytes } from './writer.ts'

const CUSTOM = 0

/** Whether the engine that will run a module takes it: `WebAssembly.validate` in a browser. Node passes none, since it is not that engine. */
export type Validate = (bytes: Uint8Array<ArrayBuffer>) => boolean

/** @throws {PackageError} wasm-kind, wasm-invalid, wasm-memory, unsafe-name @throws {LimitError} memory-exceeded */
export function prepareCore(bytes: Uint8Array, caps: WasmCaps, validate?: Validate): Uint8Array<ArrayBuffer> {
  expectKind(bytes, 'core')
  const pieces = rewriteCoreModule(bytes, { caps, keepsNames: true })
  const capped = pieces.join()
  if (validate?.(capped) === false) {
    throw new PackageError('wasm-invalid', 'The module is not valid, or uses features that this engine does not have.')
  }
  pieces.addSection(CUSTOM, signatureSection(capped))
  return pieces.join()
}

function signatureSection(bytes: Uint8Array): Pieces {
  const encoder = new TextEncoder()
  const name = encoder.encode(SIGNATURE_SECTION)
  const pieces = new Pieces()
  pieces.add(Uint8Array.from(unsignedBytes(name.length)))
  pieces.add(name)
  pieces.add(encoder.encode(encodeSignature(readSignature(bytes))))
  return pieces
}
