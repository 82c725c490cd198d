/**
 * One way of reading a text: as it stands, through percent-encoding, or through JSON's escapes, mixed with plain characters as they may be.
 * Finds patterns in what it reads and says where they stand in the text itself.
 */
import type { PatternMatcher } from '../util/pattern-matcher.ts'

export interface Escapes {
  /** With which one begins; -1: there are none. */
  readonly lead: number
  /** What came after the lead so far: the byte that it stands for, or 'more' to come, or 'none' when it is no escape. */
  readonly read: (rest: readonly number[]) => number | 'more' | 'none'
}

/** A stretch of the text, by offsets. */
export type Stretch = readonly [start: number, end: number]

/** Never part of a secret, which is ASCII. */
const OTHER = 0xff
const LETTER_U = 0x75
/** `\"`, `\\`, `\/`; the escapes of control characters stand for nothing that a secret holds. */
const ITSELF: readonly number[] = [0x22, 0x5c, 0x2f]

export const PLAIN: Escapes = { lead: -1, read: () => 'none' }

export const PERCENT: Escapes = { lead: 0x25, read: (digits) => readHex(digits, 2) }

export const JSON_ESCAPES: Escapes = {
  lead: 0x5c,
  read: ([kind, ...digits]) => {
    if (kind === undefined) return 'more'
    if (kind === LETTER_U) return readHex(digits, 4)
    return ITSELF.includes(kind) ? kind : 'none'
  },
}

function readHex(digits: readonly number[], count: number): number | 'more' | 'none' {
  const text = String.fromCharCode(...digits)
  if (!/^[0-9a-f]*$/i.test(text)) return 'none'
  if (digits.length < count) return 'more'
  const code = parseInt(text, 16)
  return code < OTHER ? code : OTHER
}

const PLUS = 0x2b
const SPACE = 0x20

/** In forms a plus is a space; taken for one everywhere, in patterns as well, it hides no secret. */
export function fold(byte: number): number {
  return byte === PLUS ? SPACE : byte
}

export class EscapeView {
  readonly #matcher: PatternMatcher
  readonly #escapes: Escapes
  /** Where each of the last bytes began in the text; only of those that may belong to a pattern. */
  readonly #starts: Float64Array
  #count = 0
  #node = 0
  #escape: number[] = []
  #found: Stretch[] = []

  /**
   * @param matcher  of folded patterns
   * @param longest  length of the longest of them
   */
  constructor(matcher: PatternMatcher, escapes: Escapes, longest: number) {
    this.#matcher = matcher
    this.#escapes = escapes
    this.#starts = new Float64Array(longest)
  }

  /** Nothing begun: a byte that begins neither a pattern nor an escape changes nothing. */
  get isIdle(): boolean {
    return this.#node === 0 && this.#escape.length === 0
  }

  /** The byte at `offset`, which is one after the last. */
  push(byte: number, offset: number): void {
    if (this.#escape.length === 0 && byte !== this.#escapes.lead) return this.#step(byte, offset, offset + 1)
    this.#escape.push(byte)
    const [lead = OTHER, ...rest] = this.#escape
    const read = this.#escapes.read(rest)
    if (read === 'more') return
    this.#escape = []
    const start = offset - rest.length
    if (read !== 'none') return this.#step(read, start, offset + 1)
    // The lead stands for itself, and what followed is looked at anew.
    this.#step(lead, start, start + 1)
    for (const [index, next] of rest.entries()) this.push(next, start + 1 + index)
  }

  /** Where in the text what may still become a pattern begins; Infinity: nowhere. */
  heldFrom(offset: number): number {
    const depth = this.#matcher.depth(this.#node)
    if (depth > 0) return this.#startOf(depth)
    return this.#escape.length > 0 ? offset - this.#escape.length : Infinity
  }

  /** The stretches found below `offset`, each told once. */
  take(offset: number): readonly Stretch[] {
    const taken = this.#found.filter(([start]) => start < offset).map(([start, end]): Stretch => [start, Math.min(end, offset)])
    if (taken.length > 0) this.#found = this.#found.filter(([, end]) => end > offset).map(([start, end]): Stretch => [Math.max(start, offset), end])
    return taken
  }

  #step(byte: number, start: number, end: number): void {
    this.#node = this.#matcher.step(this.#node, fold(byte))
    if (this.#node === 0) return
    this.#starts[this.#count++ % this.#starts.length] = start
    const length = this.#matcher.match(this.#node)
    if (length > 0) this.#add(this.#startOf(length), end)
  }

  #startOf(length: number): number {
    return this.#starts[(this.#count - length) % this.#starts.length] ?? 0
  }

  /** Joined with those that it meets, so that a text of one letter and a secret of the same costs no more than another. */
  #add(start: number, end: number): void {
    let from = start
    for (let last = this.#found.at(-1); last !== undefined && last[1] >= from; last = this.#found.at(-1)) {
      from = Math.min(from, last[0])
      this.#found.pop()
    }
    this.#found.push([from, end])
  }
}
