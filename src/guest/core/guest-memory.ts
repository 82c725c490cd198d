/** A module's linear memory, where every pointer and length comes from the module: checked at each use, since memory grows and detaches views. */
import { CoreFault } from './failure.ts'

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class GuestMemory {
  readonly #memory: WebAssembly.Memory

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength
  }

  /** A view, good until the module runs again. `pointer` as wasm gives it: negative ones are its upper half. @throws {CoreFault} value-unsupported */
  view(pointer: number, length: number, what: string): Uint8Array<ArrayBuffer> {
    const [start, size] = [upward(pointer), upward(length)]
    if (start + size > this.byteLength) {
      const place = `${size} bytes at ${start}, which ends beyond its memory of ${this.byteLength} bytes`
      throw new CoreFault('value-unsupported', `The module gave ${what} of ${place}.`)
    }
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, start, size) // never shared: the preparer refuses those
  }

  /** @throws {CoreFault} value-unsupported */
  readU32(pointer: number, what: string): number {
    const bytes = this.view(pointer, 4, what)
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  }

  /** UTF-8, strictly. @throws {CoreFault} value-unsupported, message-too-large */
  readText(pointer: number, length: number, { what, maxBytes }: { readonly what: string; readonly maxBytes: number }): string {
    const bytes = this.view(pointer, length, what)
    if (bytes.length <= maxBytes) return decodeText(bytes, what)
    throw new CoreFault('message-too-large', `The module gave ${what} of ${bytes.length} bytes; at most ${maxBytes} can cross.`)
  }

  /** @throws {CoreFault} value-unsupported */
  write(pointer: number, bytes: Uint8Array, what: string): void {
    this.view(pointer, bytes.length, what).set(bytes)
  }
}

/** wasm's numbers of 32 bits come signed. */
function upward(value: number): number {
  return value < 0 ? value + 2 ** 32 : value
}

/** @throws {CoreFault} value-unsupported */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    return DECODER.decode(bytes)
  } catch {
    throw new CoreFault('value-unsupported', `The module gave ${what} that is not UTF-8.`)
  }
}

/** The module's own memory, or the one it was given. @throws {CoreFault} value-unsupported when there is none */
export function memoryOf(memory: WebAssembly.Memory | undefined): GuestMemory {
  if (memory === undefined) throw new CoreFault('value-unsupported', 'The module has no exported memory "memory", which its ABI needs.')
  return new GuestMemory(memory)
}
