/**
 * A bounded cursor over a stranger's WebAssembly binary. Every read is checked against the end of the range it was given, and every failure is
 * a PackageError that says where. Nothing is copied: ranges are views.
 * https://webassembly.github.io/spec/core/binary/values.html
 */
import { PackageError } from '../../errors.ts'

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class Reader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get at(): number {
    return this.#at
  }

  get isDone(): boolean {
    return this.#at >= this.#end
  }

  byte(): number {
    if (this.#at >= this.#end) throw this.invalid('ends early')
    const byte = this.#bytes[this.#at] ?? 0
    this.#at += 1
    return byte
  }

  /** LEB128, unsigned, of at most `maxBits` bits (64 bit numbers are only compared, never used: they may lose precision). */
  unsigned(maxBits: 32 | 64 = 32): number {
    let value = 0
    for (let shift = 0; shift < maxBits; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value >= 2 ** maxBits) break
        return value
      }
    }
    throw this.invalid(`holds a number of more than ${maxBits} bits`)
  }

  /** A LEB128 of either sign, whose value nobody needs. */
  skipSigned(): void {
    for (let count = 0; count < 10; count += 1) if (this.byte() < 0x80) return
    throw this.invalid('holds a number of more than 64 bits')
  }

  /** How many items follow. Every item takes at least one byte: a count beyond that is refused before anyone loops over it. */
  count(): number {
    const count = this.unsigned()
    if (count > this.#end - this.#at) throw this.invalid(`announces ${count} items in fewer bytes`)
    return count
  }

  /** The next `size` bytes, as a reader that ends with them; this one goes on after them. */
  part(size: number): Reader {
    if (size > this.#end - this.#at) throw this.invalid('ends early')
    const start = this.#at
    this.#at += size
    return new Reader(this.#bytes, start, this.#at)
  }

  /** A name as bytes. */
  nameBytes(): Uint8Array {
    const size = this.unsigned()
    const start = this.#at
    this.part(size)
    return this.#bytes.subarray(start, start + size)
  }

  /** What is left, as a view. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end)
  }

  invalid(what: string): PackageError {
    return new PackageError('wasm-invalid', `The WebAssembly file ${what} (at byte ${this.#at}).`, { details: { offset: this.#at } })
  }
}

/** A name's text, where UTF-8 was checked or a failure is the file's fault. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes)
  } catch {
    throw new PackageError('wasm-invalid', 'A name in the WebAssembly file is not UTF-8.')
  }
}
