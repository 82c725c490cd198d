/** What a file system may hold, and what it holds. Charged before anything is allocated: a guest's 1-byte write at 2^40 costs nothing. */
import { FsError } from './error.ts'

export interface FsLimits {
  /** Sizes of all files and symbolic links together, in bytes; holes count as written. Default 64 MiB. */
  readonly bytes: number
  /** Names in all directories together, plus files that are open without a name. Default 16 384. */
  readonly entries: number
  /** Bytes of one name. Default 255. */
  readonly nameBytes: number
  /** Bytes of one path, and of a symbolic link's target. Default 4 096. */
  readonly pathBytes: number
}

export const DEFAULT_FS_LIMITS: FsLimits = Object.freeze({ bytes: 64 * 2 ** 20, entries: 16_384, nameBytes: 255, pathBytes: 4096 })

export class Usage {
  readonly limits: FsLimits
  #bytes = 0
  #entries = 0

  constructor(limits: FsLimits) {
    this.limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#entries
  }

  /** @throws {FsError} quota; nothing is taken then */
  takeBytes(count: number): void {
    // Written so that NaN is refused.
    if (!(this.#bytes + count <= this.limits.bytes)) throw new FsError('quota')
    this.#bytes += count
  }

  /** @throws {FsError} quota; nothing is taken then */
  takeEntry(): void {
    if (this.#entries + 1 > this.limits.entries) throw new FsError('quota')
    this.#entries += 1
  }

  /** What stored records hold is theirs also when the limits have shrunk since: only growth is refused. */
  takeStored(bytes: number, entries: number): void {
    this.#bytes += bytes
    this.#entries += entries
  }

  freeBytes(count: number): void {
    this.#bytes -= count
  }

  freeEntry(): void {
    this.#entries -= 1
  }
}
