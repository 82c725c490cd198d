/** WebAssembly binaries by hand, for what no tool writes. */
import { unsignedBytes } from '../../../src/lane/wasm/writer.ts'

export const CORE_HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const
export const COMPONENT_HEADER = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0] as const

export function bytesOf(...parts: readonly (Iterable<number> | number)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part instanceof Uint8Array ? part : Uint8Array.from(part)))
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

export function section(id: number, contents: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytesOf(id, unsignedBytes(contents.length), contents)
}

export function text(value: string): Uint8Array<ArrayBuffer> {
  const encoded = new TextEncoder().encode(value)
  return bytesOf(unsignedBytes(encoded.length), encoded)
}
