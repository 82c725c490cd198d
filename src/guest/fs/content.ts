/** The bytes of one file. Grows by doubling within the quota; what lies between the old end and a later write reads as zeros. */
import { FsError } from './error.ts'
import type { Usage } from './usage.ts'

const MIN_CAPACITY = 256

export class Content {
  readonly #usage: Usage
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #size = 0

  constructor(usage: Usage) {
    this.#usage = usage
  }

  /** Takes ownership of `bytes`, already charged. */
  static of(usage: Usage, bytes: Uint8Array<ArrayBuffer>): Content {
    const content = new Content(usage)
    content.#bytes = bytes
    content.#size = bytes.length
    return content
  }

  get size(): number {
    return this.#size
  }

  /** Fills `into` from `offset` on; how many bytes there were. */
  read(into: Uint8Array, offset: number): number {
    const start = Math.min(offset, this.#size)
    const count = Math.min(into.length, this.#size - start)
    into.set(this.#bytes.subarray(start, start + count))
    return count
  }

  /** @throws {FsError} quota, file-too-large, insufficient-space */
  write(bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return
    if (offset + bytes.length > this.#size) this.resize(offset + bytes.length)
    this.#bytes.set(bytes, offset)
  }

  /** @throws {FsError} quota, file-too-large, insufficient-space */
  resize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) throw new FsError('file-too-large')
    if (size > this.#size) {
      this.#usage.takeBytes(size - this.#size)
      this.#reserve(size)
    } else {
      this.#usage.freeBytes(this.#size - size)
      // What is cut must read as zeros when the file grows again.
      if (size * 4 < this.#bytes.length) this.#bytes = this.#bytes.slice(0, size)
      else this.#bytes.fill(0, size, this.#size)
    }
    this.#size = size
  }

  /** A copy, which belongs to the caller. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size)
  }

  /** The file is gone: gives its bytes back. */
  free(): void {
    this.#usage.freeBytes(this.#size)
    this.#bytes = new Uint8Array(0)
    this.#size = 0
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const capacity = Math.max(MIN_CAPACITY, size, Math.min(this.#bytes.length * 2, this.#usage.limits.bytes))
    try {
      const grown = new Uint8Array(capacity)
      grown.set(this.#bytes.subarray(0, this.#size))
      this.#bytes = grown
    } catch {
      this.#usage.freeBytes(size - this.#size)
      throw new FsError('insufficient-space') // the engine has no such array
    }
  }
}
