/**
 * A copy of the engine's idle memory, and the way back to it. Sparse: only blocks that hold something are kept. Memory cannot shrink, so
 * what was grown since is zeroed, as the allocator expects of fresh memory.
 *
 * Not restored: the wasm stack pointer (at its top whenever nothing runs) and memory beyond 1 MiB below the stack's top, which the engine
 * cannot reach with its stack limit of 64 KiB.
 */

const BLOCK_BYTES = 16 * 1024
const WORD_BYTES = 4
const STACK_REACH_BYTES = 2 ** 20
const MAX_GROWTH = 4

interface Run { readonly offset: number; readonly bytes: Uint8Array }

export class Snapshot {
  readonly #memory: WebAssembly.Memory
  readonly #runs: readonly Run[]
  /** First byte that anything was ever written to: everything below is stack that was never reached. */
  readonly #lowest: number
  readonly #size: number

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
    this.#size = memory.buffer.byteLength
    this.#runs = findRuns(memory.buffer)
    this.#lowest = Math.max((this.#runs[0]?.offset ?? 0) - STACK_REACH_BYTES, 0)
  }

  get bytes(): number {
    return this.#runs.reduce((sum, { bytes }) => sum + bytes.length, 0)
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
