/**
 * `JSON.parse` in pieces, with a look at the clock between them: the engine's own cannot be stopped. Firefox (153) hashes names without a secret,
 * WebKit (2.50) names and short texts: with 10 000 chosen to fall into one bucket a message of 110 KB took 0.9 s in Firefox and 1 s in WebKit
 * instead of 5 ms, and as long again each time that it named them anew: ten times 7 s. Chromium was not slowed (2026-11-22, two busy cores).
 */

/** The longest that is parsed at once: a thousand such names, which cost 70 us each in Firefox while 10 000 of them are alive. */
export const PIECE_CHARS = 8192
/** Honest texts take 10 to 30 ms per MB in pieces; the rest is for a machine that is busy. */
const BASE_MS = 250
const CHARS_PER_MS = 10_000

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c

/** As `JSON.parse`, of JSON without white space. @throws {SyntaxError} also when it takes too long */
export function parseInPieces(text: string): unknown {
  return text.length <= PIECE_CHARS ? JSON.parse(text) : new PieceParser(text).parse()
}

class PieceParser {
  readonly #text: string
  readonly #until: number
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#until = Date.now() + BASE_MS + text.length / CHARS_PER_MS
  }

  parse(): unknown {
    const value = this.#readOne()
    if (this.#at !== this.#text.length) throw new SyntaxError('text behind the value')
    return value
  }

  #readOne(): unknown {
    const end = endOfShort(this.#text, this.#at)
    if (end !== undefined) return this.#parseTo(end)
    switch (this.#text[this.#at]) {
      case '[':
        return this.#readArray()
      case '{':
        return this.#readObject()
      default:
        throw new SyntaxError('a bracket behind a value')
    }
  }

  #readArray(): unknown[] {
    const items: unknown[] = []
    do {
      this.#at++ // the bracket, or a comma
      const end = endOfSome(this.#text, this.#at)
      if (end === undefined) {
        items.push(this.#readOne())
        continue
      }
      const some: unknown = this.#parseTo(end, '[]')
      if (Array.isArray(some)) for (const item of some) items.push(item)
    } while (this.#text.charCodeAt(this.#at) === COMMA)
    this.#pass(']')
    return items
  }

  #readObject(): object {
    const record: Record<string, unknown> = {}
    do {
      this.#at++ // the brace, or a comma
      const end = endOfSome(this.#text, this.#at)
      if (end === undefined) define(record, this.#readName(), this.#readOne())
      else {
        const some = this.#parseTo(end, '{}') as Readonly<Record<string, unknown>> // what stands in braces
        for (const name of Object.keys(some)) define(record, name, some[name])
      }
    } while (this.#text.charCodeAt(this.#at) === COMMA)
    this.#pass('}')
    return record
  }

  #readName(): string {
    const end = this.#text.charCodeAt(this.#at) === QUOTE ? endOfText(this.#text, this.#at) : this.#at
    const name = String(this.#parseTo(end))
    this.#pass(':')
    return name
  }

  /** What stands from here to `end`, in brackets where it is several. */
  #parseTo(end: number, brackets: '' | '[]' | '{}' = ''): unknown {
    if (Date.now() > this.#until) throw new SyntaxError('a value that takes too long to parse')
    const piece = this.#text.slice(this.#at, end)
    if (piece === '') throw new SyntaxError('nothing where a value belongs')
    this.#at = end
    return JSON.parse(`${brackets.slice(0, 1)}${piece}${brackets.slice(1)}`)
  }

  #pass(char: string): void {
    if (this.#text[this.#at] !== char) throw new SyntaxError(`no ${char}`)
    this.#at++
  }
}

/** An own property whatever its name, as `JSON.parse` makes it. */
function define(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name in record) Object.defineProperty(record, name, { value, configurable: true, enumerable: true, writable: true })
  else record[name] = value
}

/** Where the siblings from `from` on end, as many as make a piece; undefined when the first of them is longer. */
function endOfSome(text: string, from: number): number | undefined {
  let end = endOfShort(text, from)
  while (end !== undefined && text.charCodeAt(end) === COMMA && end - from < PIECE_CHARS) {
    const next = endOfShort(text, end + 1)
    if (next === undefined) break
    end = next
  }
  return end
}

/** Where the value or member at `from` ends; undefined when it is a list or an object of more than a piece. Texts and numbers may be of any length. */
function endOfShort(text: string, from: number): number | undefined {
  let level = 0
  let at = from
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    const bracket = unit | 0x20 // `[` and `{`, `]` and `}` differ by one bit
    if (level === 0 && (unit === COMMA || bracket === 0x7d)) return at
    at = unit === QUOTE ? endOfText(text, at) : at + 1
    if (bracket === 0x7b) level++
    else if (bracket === 0x7d) level--
    if (level > 0 && at - from > PIECE_CHARS) return undefined
  }
  return at
}

/** Behind the quote that closes the one at `from`. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at
    while (text.charCodeAt(first - 1) === BACKSLASH) first--
    if ((at - first) % 2 === 0) return at + 1
  }
  return text.length
}
