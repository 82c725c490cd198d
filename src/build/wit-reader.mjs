// @ts-check
/** Reads WIT text token by token, docs kept beside what they are about; every error names file and line. */

const TOKEN = /\s+|(\/\/\/[^\n]*)|\/\/[^\n]*|(->|%?[a-z][a-z0-9-]*|[0-9][0-9.]*|[{}()<>=:;,.@/_])/gy

/** @typedef {{ text: string, docs: string[], line: number }} Token */

export class WitReader {
  /** @type {Token[]} */ #tokens = []
  #at = 0

  /** @param {string} source @param {string} file */
  constructor(source, file) {
    this.file = file
    /** @type {string[]} */
    let docs = []
    let line = 1
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < source.length) {
      const start = TOKEN.lastIndex
      const match = TOKEN.exec(source)
      if (match === null) throw new SyntaxError(`${file}:${line}: ${JSON.stringify(source[start])} is not understood`)
      if (match[1] !== undefined) docs.push(match[1].slice(3).trim())
      if (match[2] !== undefined) {
        this.#tokens.push({ text: match[2], docs, line })
        docs = []
      }
      line += match[0].split('\n').length - 1
    }
    this.#tokens.push({ text: '', docs: [], line })
  }

  /** @returns {Token} */
  get #next() {
    return this.#tokens[this.#at] ?? { text: '', docs: [], line: 0 }
  }

  /** What comes next. */
  get text() {
    return this.#next.text
  }

  /** Of what comes next. */
  get docs() {
    return this.#next.docs
  }

  /** @param {string} text */
  takeIf(text) {
    if (this.#next.text !== text) return false
    this.#at++
    return true
  }

  /** @param {string} text */
  take(text) {
    if (!this.takeIf(text)) throw this.error(`expected ${text === '' ? 'the end' : JSON.stringify(text)}`)
  }

  name() {
    const { text } = this.#next
    if (!/^%?[a-z]/.test(text)) throw this.error('expected a name')
    this.#at++
    return text.replace('%', '')
  }

  /** @param {string} first @param {string} last */
  skipPast(first, last) {
    this.take(first)
    while (!this.takeIf(last)) {
      if (this.#next.text === '') throw this.error(`expected ${JSON.stringify(last)}`)
      this.#at++
    }
  }

  /**
   * Items up to `close`, with commas between them and one allowed after the last.
   *
   * @template T @param {string} close @param {() => T} item @returns {T[]}
   */
  list(close, item) {
    const items = []
    while (!this.takeIf(close)) {
      items.push(item())
      if (!this.takeIf(',')) {
        this.take(close)
        break
      }
    }
    return items
  }

  /** @param {string} what */
  error(what) {
    return new SyntaxError(`${this.file}:${this.#next.line}: ${what}, got ${JSON.stringify(this.#next.text)}`)
  }
}
