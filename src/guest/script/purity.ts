/**
 * Whether a main module has run on nothing but its own text: it asked the worker for nothing that another start would answer otherwise, and
 * read neither clock nor random numbers. Only then is its memory what the next start would make, too.
 */
import { OP_NAMES } from './delegates.ts'

const PURE = new Set(['buffer', 'load.done', 'stack', 'encoding.encode', 'encoding.name', 'encoding.decode', 'base64.decode', 'base64.encode',
  'url.parse', 'url.set', 'library'])

export class Purity {
  #isPure = true
  #isWatching = false

  get isPure(): boolean {
    return this.#isPure
  }

  start(): void {
    this.#isWatching = true
  }

  stop(): void {
    this.#isWatching = false
  }

  sawOp(op: number): void {
    if (this.#isWatching && this.#isPure && !PURE.has(OP_NAMES[op] ?? '')) this.#isPure = false
  }

  sawClock(): void {
    if (this.#isWatching) this.#isPure = false
  }
}
