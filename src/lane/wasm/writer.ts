/** Pieces of a WebAssembly binary that are put together again: mostly views of the original, a few sections made anew. */
import { joinBytes } from '../../util/bytes.ts'

export class Pieces {
  readonly #pieces: Uint8Array[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#size += piece.length
  }

  addAll(other: Pieces): void {
    for (const piece of other.#pieces) this.add(piece)
  }

  /** A section: its id, its size, its contents. */
  addSection(id: number, contents: Pieces): void {
    this.add(Uint8Array.of(id, ...unsignedBytes(contents.size)))
    this.addAll(contents)
  }

  join(): Uint8Array<ArrayBuffer> {
    return joinBytes(this.#pieces, this.#size)
  }
}

/** LEB128, shortest form. */
export function unsignedBytes(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...bytes, rest]
}
