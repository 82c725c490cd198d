/**
 * What a WebAssembly file is, by its first eight bytes: core modules and components share the magic and differ in version and layer.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md#component-definitions
 */
import { PackageError } from '../../errors.ts'

export type WasmKind = 'core' | 'component'

export const HEADER_BYTES = 8
const MAGIC = 0x0061736d
const CORE = 0x01000000
/** Version 0x0d, layer 1. */
const COMPONENT = 0x0d000100
const LAYER_OFFSET = 6

/** Undefined when the bytes are neither. */
export function wasmKind(bytes: Uint8Array): WasmKind | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  if (view.getUint32(0) !== MAGIC) return undefined
  const version = view.getUint32(4)
  return version === CORE ? 'core' : version === COMPONENT ? 'component' : undefined
}

/** @throws {PackageError} wasm-kind, with what it is instead */
export function expectKind(bytes: Uint8Array, expected: WasmKind): void {
  const found = wasmKind(bytes)
  if (found === expected) return
  const wanted = expected === 'component' ? 'a component' : 'a core module'
  const message = `This lane runs ${wanted}; the file is ${describe(bytes, found)}.`
  throw new PackageError('wasm-kind', message, { details: { expected, found: found ?? 'other' } })
}

function describe(bytes: Uint8Array, found: WasmKind | undefined): string {
  if (found === 'core') return "a core module: set the manifest's lane to 'core', or make a component of it (wasm-tools component new)"
  if (found === 'component') return "a component: set the manifest's lane to 'component'"
  const isWasm = bytes.length >= HEADER_BYTES && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === MAGIC
  if (!isWasm) return 'not WebAssembly (text format must be compiled first)'
  return bytes[LAYER_OFFSET] === 1 ? 'a component of another version of the binary format' : 'of an unknown version of WebAssembly'
}
