/**
 * Finds any of several byte strings in one pass, in time linear in the text (Aho and Corasick, CACM 18(6), 1975). Nodes hold their first child
 * inline, since most have no other: a table of 256 a node would be megabytes for patterns of a few kilobytes.
 */
export class PatternMatcher {
  /** Bytes with which a pattern begins; at the root all others lead nowhere. */
  readonly begins = new Uint8Array(256)
  readonly #childByte: Uint8Array
  readonly #child: Int32Array
  /** Children beside the first, by node * 256 + byte. */
  readonly #others = new Map<number, number>()
  readonly #hasOthers: Uint8Array
  readonly #fail: Int32Array
  readonly #depth: Int32Array
  readonly #match: Int32Array

  /** @param patterns  none of them empty */
  constructor(patterns: readonly Uint8Array[]) {
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1)
    this.#childByte = new Uint8Array(size)
    this.#child = new Int32Array(size)
    this.#hasOthers = new Uint8Array(size)
    this.#fail = new Int32Array(size)
    this.#depth = new Int32Array(size)
    this.#match = new Int32Array(size)
    this.#link(this.#insert(patterns))
  }

  /** The node after `byte`; 0 is the root, where a text begins. */
  step(node: number, byte: number): number {
    for (let at = node; ;) {
      const next = this.#childOf(at, byte)
      if (next !== 0 || at === 0) return next
      at = this.#fail[at] ?? 0
    }
  }

  /** How many of the last bytes may be the beginning of a pattern. */
  depth(node: number): number {
    return this.#depth[node] ?? 0
  }

  /** Length of the longest pattern that ends here; 0: none. */
  match(node: number): number {
    return this.#match[node] ?? 0
  }

  /** 0: none, since nothing leads to the root. */
  #childOf(node: number, byte: number): number {
    const first = this.#child[node] ?? 0
    if (first !== 0 && this.#childByte[node] === byte) return first
    return this.#hasOthers[node] === 1 ? (this.#others.get(node * 256 + byte) ?? 0) : 0
  }

  /** Gives the nodes with their parents and bytes. */
  #insert(patterns: readonly Uint8Array[]): (readonly [node: number, parent: number, byte: number])[] {
    const made: (readonly [number, number, number])[] = []
    for (const pattern of patterns) {
      let node = 0
      for (const byte of pattern) {
        let next = this.#childOf(node, byte)
        if (next === 0) {
          next = made.length + 1
          made.push([next, node, byte])
          this.#adopt(node, byte, next)
        }
        node = next
      }
      this.#match[node] = pattern.length
      this.begins[pattern[0] ?? 0] = 1
    }
    return made
  }

  #adopt(parent: number, byte: number, node: number): void {
    this.#depth[node] = this.depth(parent) + 1
    if (this.#child[parent] === 0) {
      this.#child[parent] = node
      this.#childByte[parent] = byte
      return
    }
    this.#hasOthers[parent] = 1
    this.#others.set(parent * 256 + byte, node)
  }

  /** Where each node goes on when no child fits: shallow nodes first, since deeper ones build on them. */
  #link(nodes: (readonly [node: number, parent: number, byte: number])[]): void {
    for (const [node, parent, byte] of nodes.sort(([a], [b]) => this.depth(a) - this.depth(b))) {
      const fail = parent === 0 ? 0 : this.step(this.#fail[parent] ?? 0, byte)
      this.#fail[node] = fail
      if (this.match(node) === 0) this.#match[node] = this.match(fail)
    }
  }
}
