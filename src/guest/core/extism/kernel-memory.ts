/**
 * The memory between an Extism plug-in and its host: blocks by offset, apart from the module's own memory. Bump allocation, freed blocks used again
 * for the same size; a new call begins with nothing. Offsets come from the module: what is out of range is read as 0 and written nowhere.
 */

/** 0 means "nothing". */
const FIRST_OFFSET = 64
const GRAIN = 16
const INITIAL_BYTES = 2 ** 16

interface Block {
  readonly length: number
  readonly room: number
}

export class KernelMemory {
  readonly #maxBytes: number
  readonly #blocks = new Map<number, Block>()
  /** Offsets of free blocks, by their room. */
  readonly #free = new Map<number, number[]>()
  #view = new DataView(new ArrayBuffer(INITIAL_BYTES))
  #top = FIRST_OFFSET

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get byteLength(): number {
    return this.#view.byteLength
  }

  /** 0 when there is no room. */
  alloc(length: bigint): bigint {
    if (length < 0n || length > BigInt(this.#maxBytes)) return 0n
    return BigInt(this.#alloc(Number(length)))
  }

  free(offset: bigint): void {
    const at = Number(offset)
    const block = this.#blocks.get(at)
    if (block === undefined) return
    this.#blocks.delete(at)
    if (at + block.room === this.#top) this.#top = at
    else if (!this.#free.get(block.room)?.push(at)) this.#free.set(block.room, [at])
  }

  /** Length of the block that begins at `offset`; 0 where none does. */
  lengthOf(offset: bigint): bigint {
    return BigInt(this.#blocks.get(Number(offset))?.length ?? 0)
  }

  loadU8(offset: bigint): number {
    return this.#isInside(offset, 1) ? this.#view.getUint8(Number(offset)) : 0
  }

  loadU64(offset: bigint): bigint {
    return this.#isInside(offset, 8) ? this.#view.getBigUint64(Number(offset), true) : 0n
  }

  storeU8(offset: bigint, value: number): void {
    if (this.#isInside(offset, 1)) this.#view.setUint8(Number(offset), value)
  }

  storeU64(offset: bigint, value: bigint): void {
    if (this.#isInside(offset, 8)) this.#view.setBigUint64(Number(offset), value, true)
  }

  /** A copy of the block that begins at `offset`. */
  read(offset: bigint): Uint8Array<ArrayBuffer> | undefined {
    const block = this.#blocks.get(Number(offset))
    return block === undefined ? undefined : this.copy(offset, BigInt(block.length))
  }

  /** A copy of a range; undefined when it is not all there. */
  copy(offset: bigint, length: bigint): Uint8Array<ArrayBuffer> | undefined {
    if (length < 0n || !this.#isInside(offset, Number(length))) return undefined
    const bytes: ArrayBuffer = this.#view.buffer
    return new Uint8Array(bytes.slice(Number(offset), Number(offset + length)))
  }

  /** A new block with these bytes; 0 when there is no room. */
  store(bytes: Uint8Array): bigint {
    const offset = this.#alloc(bytes.length)
    if (offset !== 0) new Uint8Array(this.#view.buffer).set(bytes, offset)
    return BigInt(offset)
  }

  reset(): void {
    this.#blocks.clear()
    this.#free.clear()
    this.#view = new DataView(new ArrayBuffer(INITIAL_BYTES))
    this.#top = FIRST_OFFSET
  }

  #alloc(length: number): number {
    const room = Math.max(GRAIN, Math.ceil(length / GRAIN) * GRAIN)
    const offset = this.#free.get(room)?.pop() ?? this.#bump(room)
    if (offset !== 0) this.#blocks.set(offset, { length, room })
    return offset
  }

  #bump(room: number): number {
    const [offset, end] = [this.#top, this.#top + room]
    if (end > this.#maxBytes) return 0
    if (end > this.#view.byteLength) this.#grow(end)
    this.#top = end
    return offset
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, 2 * this.#view.byteLength)))
    bytes.set(new Uint8Array(this.#view.buffer))
    this.#view = new DataView(bytes.buffer)
  }

  #isInside(offset: bigint, size: number): boolean {
    return offset >= BigInt(FIRST_OFFSET) && offset <= BigInt(this.#top) && Number(offset) + size <= this.#top
  }
}
