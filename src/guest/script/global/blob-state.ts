/** The inner side of Blob and File, for bodies and forms: bytes that never change, so parts are shared instead of copied. */
import { joinBytes } from '../../../util/bytes.ts'
import { createSlot } from './slot.ts'

export interface BlobState {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[]
  readonly size: number
  readonly type: string
  /** Of a File. */
  readonly name: string | undefined
  readonly lastModified: number
}

const states = createSlot<BlobState>()

export function isBlob(value: unknown): value is object {
  return typeof value === 'object' && value !== null && states.has(value)
}

/** @throws TypeError when `blob` is no Blob. */
export function blobStateOf(blob: unknown): BlobState {
  const state = typeof blob === 'object' && blob !== null ? states.get(blob) : undefined
  if (state === undefined) throw new TypeError('A Blob is required')
  return state
}

export function setBlobState(blob: object, state: BlobState): void {
  states.set(blob, state)
}

/** All bytes as one array, which belongs to the caller. */
export function joinChunks({ chunks, size }: Pick<BlobState, 'chunks' | 'size'>): Uint8Array<ArrayBuffer> {
  return joinBytes(chunks, size)
}

/** The bytes from `start` up to `end`, not copied. */
export function sliceChunks(chunks: readonly Uint8Array<ArrayBuffer>[], start: number, end: number): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let offset = 0
  for (const chunk of chunks) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, chunk.length)
    if (from < to) parts.push(chunk.subarray(from, to))
    offset += chunk.length
  }
  return parts
}
