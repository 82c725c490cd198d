/**
 * A copy of the engine's idle memory, and the way back to it. Sparse: only blocks that hold something are kept. Memory cannot shrink, so
 * what was grown since is zeroed, as the allocator expects of fresh memory.
 *
 * Not restored: the wasm stack pointer (at its top whenever nothing runs) and memory beyond 1 MiB below the stack's top, which the engine
 * cannot reach with its stack limit of 64 KiB.
 *
 * `encode` makes bytes of it that another instance of the same engine begins from; they come back through the page and are parsed.
 */

const BLOCK_BYTES = 16 * 1024
const WORD_BYTES = 4
const STACK_REACH_BYTES = 2 ** 20
const MAX_GROWTH = 4
/** Encoded: mark, memory's size, number of runs; then offset and length of each; then their bytes. */
const MARK = 0x4d49_4247
const HEADER_WORDS = 3
const HEADER_BYTES = HEADER_WORDS * WORD_BYTES
const RUN_BYTES = 2 * WORD_BYTES

interface Run { readonly offset: number; readonly bytes: Uint8Array }

export class Snapshot {
  readonly #memory: WebAssembly.Memory
  readonly #runs: readonly Run[]
  /** First byte that anything was ever written to: everything below is stack that was never reached. */
  readonly #lowest: number
  readonly #size: number

  static take(memory: WebAssembly.Memory): Snapshot {
    return new Snapshot(memory, memory.buffer.byteLength, findRuns(memory.buffer))
  }

  /** What `encode` made, for `memory`. Undefined when it has not that form. */
  static parse(memory: WebAssembly.Memory, encoded: ArrayBuffer): Snapshot | undefined {
    const header = encoded.byteLength >= HEADER_BYTES ? new Uint32Array(encoded, 0, HEADER_WORDS) : undefined
    const [mark, size = 0, count = 0] = header ?? []
    const start = HEADER_BYTES + count * RUN_BYTES
    if (mark !== MARK || start > encoded.byteLength || size % BLOCK_BYTES !== 0) return undefined
    const places = new Uint32Array(encoded, HEADER_BYTES, count * 2)
    const runs: Run[] = []
    let at = start
    let end = 0
    for (let index = 0; index < places.length; index += 2) {
      const [offset = 0, length = 0] = [places[index], places[index + 1]]
      if (offset % BLOCK_BYTES !== 0 || length % BLOCK_BYTES !== 0 || offset < end || offset + length > size) return undefined
      end = offset + length
      if (at + length > encoded.byteLength) return undefined
      runs.push({ offset, bytes: new Uint8Array(encoded, at, length) })
      at += length
    }
    return at === encoded.byteLength ? new Snapshot(memory, size, runs) : undefined
  }

  private constructor(memory: WebAssembly.Memory, size: number, runs: readonly Run[]) {
    this.#memory = memory
    this.#size = size
    this.#runs = runs
    this.#lowest = Math.max((this.#runs[0]?.offset ?? 0) - STACK_REACH_BYTES, 0)
  }

  get bytes(): number {
    return this.#runs.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  /** Of the memory that it was taken of. */
  get memoryBytes(): number {
    return this.#size
  }

  encode(): ArrayBuffer {
    const start = HEADER_BYTES + this.#runs.length * RUN_BYTES
    const encoded = new Uint8Array(start + this.bytes)
    const places = this.#runs.flatMap(({ offset, bytes }) => [offset, bytes.length])
    new Uint32Array(encoded.buffer, 0, start / WORD_BYTES).set([MARK, this.#size, this.#runs.length, ...places])
    let at = start
    for (const { bytes } of this.#runs) {
      encoded.set(bytes, at)
      at += bytes.length
    }
    return encoded.buffer
  }

  /** False when memory has grown so far that a new instance is cheaper, in time and in what it holds. */
  restore(): boolean {
    const { buffer } = this.#memory
    if (buffer.byteLength > MAX_GROWTH * this.#size) return false
    const words = new Int32Array(buffer)
    const heap = new Uint8Array(buffer)
    let end = this.#lowest
    for (const { offset, bytes } of this.#runs) {
      clear(words, heap, end, offset)
      heap.set(bytes, offset)
      end = offset + bytes.length
    }
    clear(words, heap, end, buffer.byteLength)
    return true
  }
}

function findRuns(buffer: ArrayBuffer): Run[] {
  const words = new Int32Array(buffer)
  const runs: Run[] = []
  let start = -1
  for (let at = 0; at <= buffer.byteLength; at += BLOCK_BYTES) {
    const isUsed = at < buffer.byteLength && !isZero(words, at)
    if (isUsed && start < 0) start = at
    if (!isUsed && start >= 0) {
      runs.push({ offset: start, bytes: new Uint8Array(buffer.slice(start, at)) })
      start = -1
    }
  }
  return runs
}

/** Zeroes what is not zero; a block that was never touched stays untouched, and so costs no memory of the system's. */
function clear(words: Int32Array, heap: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at += BLOCK_BYTES) {
    if (!isZero(words, at)) heap.fill(0, at, at + BLOCK_BYTES)
  }
}

function isZero(words: Int32Array, at: number): boolean {
  const end = (at + BLOCK_BYTES) / WORD_BYTES
  let bits = 0
  for (let index = at / WORD_BYTES; index < end; index += 8) {
    bits |= (words[index] ?? 0) | (words[index + 1] ?? 0) | (words[index + 2] ?? 0) | (words[index + 3] ?? 0)
      | (words[index + 4] ?? 0) | (words[index + 5] ?? 0) | (words[index + 6] ?? 0) | (words[index + 7] ?? 0)
    if (bits !== 0) return false
  }
  return true
}
