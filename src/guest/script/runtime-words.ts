/**
 * Two fields of QuickJS's runtime that the C interface of this build does not offer, found by what surrounds them and written in its memory.
 * At build time only: an image keeps what was written, and the tests of the build would show another form of the structure.
 */

const RUNTIME_WORDS = 256
const WORD_BYTES = 4
/** In the structure, after the interrupt handler and its argument. */
const WORDS_AFTER_INTERRUPT = 2
/** QuickJS's JS_STRIP_SOURCE: functions do not keep their text. */
const STRIP_SOURCE = 1
/** A hash of shapes is created with so many bits. */
const FIRST_HASH_BITS = 4

/**
 * Writes `index` into a new runtime. Where it belongs is found by looking at what changes when the interrupt handler is set.
 *
 * @throws {Error} when nothing changes: another version of the engine
 */
export function setTracker(memory: WebAssembly.Memory, runtime: number, index: number, enableInterrupts: () => void): void {
  const words = wordsOf(memory, runtime)
  const before = words.slice()
  enableInterrupts()
  const interrupt = words.findIndex((word, at) => word !== 0 && before[at] === 0)
  if (interrupt < 0) throw new Error('The runtime of this engine has another form.')
  words[interrupt + WORDS_AFTER_INTERRUPT] = index
}

/**
 * The place of the flags that say what functions of a new runtime keep of their source: before the shape hash's bits and size.
 *
 * @throws {Error} when it is not found: another version of the engine
 */
export function findStripFlags(memory: WebAssembly.Memory, runtime: number): number {
  const words = wordsOf(memory, runtime)
  const bits = words.findIndex((word, at) => word === FIRST_HASH_BITS && words[at + 1] === 1 << word && words[at - 1] === 0)
  if (bits < 0) throw new Error('The runtime of this engine has another form.')
  return runtime + (bits - 1) * WORD_BYTES
}

/** Runs `code`; functions compiled meanwhile keep no text and show themselves as native. */
export function withoutSource<T>(memory: WebAssembly.Memory, flags: number, code: () => T): T {
  const set = (value: number): void => new DataView(memory.buffer).setUint32(flags, value, true)
  set(STRIP_SOURCE)
  try {
    return code()
  } finally {
    set(0)
  }
}

function wordsOf(memory: WebAssembly.Memory, runtime: number): Uint32Array {
  return new Uint32Array(memory.buffer, runtime, RUNTIME_WORDS)
}
