/** A custom section of a module that the preparer made, for the page, which compiles no module. */
import { decodeName, Reader } from './reader.ts'

const HEADER_BYTES = 8
const CUSTOM = 0

/** Undefined where there is none. @throws {PackageError} wasm-invalid */
export function readCustomSection(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const reader = new Reader(bytes, HEADER_BYTES)
  while (!reader.isDone) {
    const id = reader.byte()
    const section = reader.part(reader.unsigned())
    if (id === CUSTOM && decodeName(section.nameBytes()) === name) return section.rest()
  }
  return undefined
}
