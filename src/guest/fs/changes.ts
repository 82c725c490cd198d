/** Which nodes differ from what is stored. Reading a file makes no change: its time of access is stored with the next one. */
import type { FsNode } from './node.ts'

export class Changes {
  #puts = new Map<number, FsNode>()
  #deletes = new Set<number>()

  get isEmpty(): boolean {
    return this.#puts.size === 0 && this.#deletes.size === 0
  }

  put(node: FsNode): void {
    this.#puts.set(node.id, node)
  }

  delete(node: FsNode): void {
    this.#puts.delete(node.id)
    this.#deletes.add(node.id)
  }

  /** Changes that were taken and not stored. What was deleted since stays so. */
  keep(puts: readonly FsNode[], deletes: readonly number[]): void {
    for (const node of puts) this.put(node)
    for (const id of deletes) this.#deletes.add(id)
  }

  /** All of them, once. */
  take(): { readonly puts: readonly FsNode[], readonly deletes: readonly number[] } {
    const taken = { puts: [...this.#puts.values()], deletes: [...this.#deletes] }
    this.#puts = new Map()
    this.#deletes = new Set()
    return taken
  }
}
