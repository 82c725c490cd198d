/**
 * Finds any of several byte strings in one pass (Aho and Corasick, CACM 18(6), 1975). Each byte costs one look into a table, whatever text and
 * patterns are: if bytes that lead on cost more than others, whoever may choose the text could measure the patterns out.
 */

/** Entries of a table, four bytes each; patterns of more than some 80 000 bytes together are walked without one, which takes linear time only. */
const MAX_ENTRIES = 2 ** 23

const MAP_ENTRY_BYTES = 40

/** A pattern of `length` ends before `end`; the longest of those that do. */
export type OnMatch = (end: number, length: number) => void

interface Made {
  readonly node: number
  readonly parent: number
  readonly kind: number
}

/** Nodes are numbers; 0 is the root, where a text begins. */
export class PatternMatcher {
  /** What a byte is to the patterns: those that occur in none are 0. */
  readonly #kinds = new Uint8Array(256)
  #width = 1
  /** Children, by node * width + kind. */
  readonly #children = new Map<number, number>()
  readonly #fail: Int32Array
  readonly #match: Int32Array
  /** Where each node leads, by node * width + kind. */
  readonly #table: Int32Array | undefined

  /**
   * @param patterns  none of them empty
   * @param fold  bytes of which it gives the same are the same
   */
  constructor(patterns: readonly Uint8Array[], fold: (byte: number) => number = (byte) => byte) {
    for (const pattern of patterns) for (const byte of pattern) if (this.#kinds[fold(byte)] === 0) this.#kinds[fold(byte)] = this.#width++
    this.#kinds.set(this.#kinds.map((_, byte) => this.#kinds[fold(byte)] ?? 0))
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1)
    this.#fail = new Int32Array(size)
    this.#match = new Int32Array(size)
    const levels = this.#insert(patterns)
    for (const nodes of levels) this.#link(nodes)
    const count = levels.reduce((sum, nodes) => sum + nodes.length, 1)
    this.#table = count * this.#width <= MAX_ENTRIES ? this.#tabulate(levels, count) : undefined
    if (this.#table !== undefined) this.#children.clear() // the table tells the same
  }

  /** What it takes, roughly. */
  get byteLength(): number {
    return 4 * (this.#fail.length + this.#match.length + (this.#table?.length ?? 0)) + MAP_ENTRY_BYTES * this.#children.size
  }

  /** Reads those bytes from `node` on; gives the node after them. */
  scan(node: number, bytes: Uint8Array, from: number, to: number, onMatch: OnMatch): number {
    const [table, kinds, width, match] = [this.#table, this.#kinds, this.#width, this.#match]
    let next = node
    for (let at = from; at < to; at++) {
      const kind = kinds[bytes[at] ?? 0] ?? 0
      next = table === undefined ? this.#walk(next, kind) : (table[next * width + kind] ?? 0)
      const length = match[next] ?? 0
      if (length > 0) onMatch(at + 1, length)
    }
    return next
  }

  #walk(node: number, kind: number): number {
    for (let at = node; ;) {
      const next = this.#children.get(at * this.#width + kind) ?? 0
      if (next !== 0 || at === 0) return next
      at = this.#fail[at] ?? 0
    }
  }

  /** Gives the nodes by their depth. */
  #insert(patterns: readonly Uint8Array[]): Made[][] {
    const levels: Made[][] = []
    let count = 1
    for (const pattern of patterns) {
      let node = 0
      for (const [depth, byte] of pattern.entries()) {
        const kind = this.#kinds[byte] ?? 0
        const known = this.#children.get(node * this.#width + kind)
        const next = known ?? count++
        if (known === undefined) {
          this.#children.set(node * this.#width + kind, next)
          const level = levels[depth] ?? (levels[depth] = [])
          level.push({ node: next, parent: node, kind })
        }
        node = next
      }
      this.#match[node] = pattern.length
    }
    return levels
  }

  /** Where each node goes on when no child fits; deeper ones build on those above. */
  #link(nodes: readonly Made[]): void {
    for (const { node, parent, kind } of nodes) {
      const fail = parent === 0 ? 0 : this.#walk(this.#fail[parent] ?? 0, kind)
      this.#fail[node] = fail
      if (this.#match[node] === 0) this.#match[node] = this.#match[fail] ?? 0
    }
  }

  #tabulate(levels: readonly (readonly Made[])[], count: number): Int32Array {
    const width = this.#width
    const table = new Int32Array(count * width)
    for (const nodes of levels) {
      // Rows of the level above are complete but for these; where no child fits, a node leads where its shorter one does.
      for (const { node, parent, kind } of nodes) table[parent * width + kind] = node
      for (const { node } of nodes) {
        const fail = (this.#fail[node] ?? 0) * width
        table.copyWithin(node * width, fail, fail + width)
      }
    }
    return table
  }
}
