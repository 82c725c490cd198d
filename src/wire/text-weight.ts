/**
 * What a payload's text will make of the page's memory and stack, told by reading it once: nodes, levels, and different keys, for each of which
 * engines keep tables for longer than the value lives. What its keys cost in time is measured while it is parsed: see piecewise-parse.ts.
 */

export interface TextLimits {
  readonly nodes: number
  readonly levels: number
  /** Different ones, over all objects. */
  readonly keys: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20

/** What there is too much of, or undefined. Text that is no JSON of `encodeValue`'s (it has white space, say) may be found to have too much, too. */
export function findExcess(text: string, { nodes, levels, keys }: TextLimits): string | undefined {
  const known = new HashSet(Math.min(keys, text.length >> 2)) // a member has five characters at least
  let count = 1
  let level = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      let hash = SEED
      let next = text.charCodeAt(++at)
      for (; next !== QUOTE && at < text.length; next = text.charCodeAt(++at)) {
        hash = Math.imul(hash ^ next, FACTOR)
        if (next === BACKSLASH) hash = Math.imul(hash ^ text.charCodeAt(++at), FACTOR)
      }
      if (text.charCodeAt(at + 1) === COLON && !known.add(hash)) return `more than ${keys} different keys`
    } else if (unit === COMMA) {
      if (++count > nodes) return `more than ${nodes} nodes`
    } else if (unit <= SPACE) {
      return 'white space' // which would hide keys
    } else {
      // `[` and `{`, `]` and `}` differ by one bit.
      const bracket = unit | 0x20
      if (bracket === 0x7b) {
        if (++level > levels) return `more than ${levels} levels`
        count++
      } else if (bracket === 0x7d) level--
    }
  }
  return undefined
}

/** A stranger who knew them could write keys that are taken for one. */
const [SEED = 0, FACTOR = 0] = crypto.getRandomValues(new Int32Array(2)).map((random) => random | 1)

/** 32-bit hashes, up to a number of them. */
class HashSet {
  readonly #max: number
  readonly #slots: Int32Array
  #size = 0

  constructor(max: number) {
    this.#max = max
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(max * 2 + 2)))
  }

  /** False when there is no room for one more. */
  add(hash: number): boolean {
    const mask = this.#slots.length - 1
    const value = hash || 1
    for (let slot = (value ^ (value >>> 16)) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]
      if (found === value) return true
      if (found !== 0) continue
      if (this.#size >= this.#max) return false
      this.#slots[slot] = value
      this.#size++
      return true
    }
  }
}
