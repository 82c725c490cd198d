/**
 * The guest's memory, seen from outside. Every range is checked before it is touched. Views are taken anew when the memory has grown: nothing
 * that `bytes` gave may be kept over a wait or a call into the guest.
 */
import { WasiError } from './errno.ts'

export interface Range {
  readonly start: number
  readonly length: number
}

/** As POSIX has it (IOV_MAX). */
const MAX_VECTORS = 1024

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class GuestMemory {
  #memory: WebAssembly.Memory | undefined
  #view = new DataView(new ArrayBuffer(0))

  /** Once the instance is there; a start function that calls out before that finds no memory at all. */
  bind(memory: WebAssembly.Memory): void {
    this.#memory = memory
  }

  /** @throws {WasiError} fault */
  bytes(start: number, length: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#at(start, length).buffer
    return new Uint8Array(buffer, start, length)
  }

  /** @throws {WasiError} fault, nametoolong, ilseq */
  text(start: number, length: number, maxBytes: number): string {
    const bytes = this.bytes(start, length)
    if (length > maxBytes) throw new WasiError('nametoolong')
    try {
      return decoder.decode(bytes)
    } catch {
      throw new WasiError('ilseq')
    }
  }

  /** The ranges of an array of pointers and lengths, all of them within the memory. @throws {WasiError} fault, inval */
  vectors(start: number, count: number): readonly Range[] {
    if (count > MAX_VECTORS) throw new WasiError('inval')
    const view = this.#at(start, count * 8)
    const ranges = Array.from({ length: count }, (_, index) => ({
      start: view.getUint32(start + index * 8, true),
      length: view.getUint32(start + index * 8 + 4, true),
    }))
    for (const range of ranges) this.#at(range.start, range.length)
    return ranges
  }

  readU8(at: number): number {
    return this.#at(at, 1).getUint8(at)
  }

  readU16(at: number): number {
    return this.#at(at, 2).getUint16(at, true)
  }

  readU32(at: number): number {
    return this.#at(at, 4).getUint32(at, true)
  }

  readU64(at: number): bigint {
    return this.#at(at, 8).getBigUint64(at, true)
  }

  writeU32(at: number, value: number): void {
    this.#at(at, 4).setUint32(at, value, true)
  }

  writeU64(at: number, value: bigint): void {
    this.#at(at, 8).setBigUint64(at, value, true)
  }

  /** @throws {WasiError} fault when not all of `bytes` fits */
  write(at: number, bytes: Uint8Array): void {
    this.bytes(at, bytes.length).set(bytes)
  }

  /** Throws now what a write after some effect would throw too late. @throws {WasiError} fault */
  verify(start: number, length: number): void {
    this.#at(start, length)
  }

  #at(start: number, length: number): DataView<ArrayBuffer> {
    const buffer = this.#memory?.buffer
    if (buffer !== undefined && this.#view.buffer !== buffer) this.#view = new DataView(buffer)
    if (!(start + length <= this.#view.byteLength)) throw new WasiError('fault')
    return this.#view
  }
}
