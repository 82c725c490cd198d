/**
 * One way of reading a text: as it stands, through percent-encoding, or through JSON's escapes, mixed with plain characters as they may be.
 * Finds patterns in what it reads and says where they stand in the text itself. What is done for a byte depends on the text alone, until a whole
 * pattern is there: a shortcut for bytes that begin none would let whoever chooses the text measure the patterns.
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

/** From the character of that number on, characters stand by `shift` further on in the text than their number. */
interface Bend {
  readonly character: number
  readonly shift: number
}

export class EscapeView {
  readonly #matcher: PatternMatcher
  readonly #escapes: Escapes
  readonly #longest: number
  /** Characters that were read. */
  #count = 0
  #node = 0
  #escape: number[] = []
  /** What escapes did to the places of the last characters. */
  #bends: Bend[] = [{ character: 0, shift: 0 }]
  #found: Stretch[] = []

  /** @param longest  length of the longest pattern */
  constructor(matcher: PatternMatcher, escapes: Escapes, longest: number) {
    this.#matcher = matcher
    this.#escapes = escapes
    this.#longest = longest
  }

  /** The bytes from `offset` on, which is where the last ended. */
  read(bytes: Uint8Array, offset: number): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#escape.length === 0) {
        const lead = bytes.indexOf(this.#escapes.lead, at)
        const end = lead < 0 ? bytes.length : lead
        this.#characters(bytes, at, end, offset)
        at = end
      }
      const byte = bytes[at]
      if (byte !== undefined) this.#push(byte, offset + at++)
    }
  }

  /** The stretches found below `offset`, each told once. */
  take(offset: number): readonly Stretch[] {
    const taken = this.#found.filter(([start]) => start < offset).map(([start, end]): Stretch => [start, Math.min(end, offset)])
    if (taken.length > 0) this.#found = this.#found.filter(([, end]) => end > offset).map(([start, end]): Stretch => [Math.max(start, offset), end])
    return taken
  }

  /** Of an escape, or the lead of one. */
  #push(byte: number, offset: number): void {
    if (this.#escape.length === 0 && byte !== this.#escapes.lead) return this.#character(byte, offset, offset + 1)
    this.#escape.push(byte)
    const [lead = OTHER, ...rest] = this.#escape
    const read = this.#escapes.read(rest)
    if (read === 'more') return
    this.#escape = []
    const start = offset - rest.length
    if (read !== 'none') return this.#character(read, start, offset + 1)
    // The lead stands for itself, and what followed is looked at anew.
    this.#character(lead, start, start + 1)
    for (const [index, next] of rest.entries()) this.#push(next, start + 1 + index)
  }

  #characters(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const first = this.#count - from
    this.#node = this.#matcher.scan(this.#node, bytes, from, to, (end, length) => this.#add(this.#placeOf(first + end - length), offset + end))
    this.#count += to - from
  }

  #character(byte: number, start: number, end: number): void {
    this.#node = this.#matcher.scan(this.#node, Uint8Array.of(byte), 0, 1, (_, length) => this.#add(this.#placeOf(this.#count + 1 - length), end))
    this.#count++
    if (end - start > 1) this.#bend({ character: this.#count, shift: end - this.#count })
  }

  #bend(bend: Bend): void {
    this.#bends.push(bend)
    if (this.#bends.length < 2 * this.#longest + 2) return
    this.#bends = this.#bends.slice(-this.#longest - 1) // one before the longest pattern, and each of its characters
  }

  /** Where in the text that character begins. */
  #placeOf(character: number): number {
    let [low, high] = [0, this.#bends.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#bends[middle]?.character ?? 0) <= character) low = middle
      else high = middle - 1
    }
    return character + (this.#bends[low]?.shift ?? 0)
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
