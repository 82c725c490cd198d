/**
 * What the page pushes to a guest (events, changes) travels in one byte stream as frames: a length of 4 bytes, little-endian, and as many of
 * UTF-8 JSON, `{"lost": n, "value": ...}`. `lost`: so many frames in front of this one were dropped, since the guest did not read them in time.
 */
import { joinBytes } from '../util/bytes.ts'

const HEADER = 4
/** More than any sender of ours makes: a length beyond is no frame. */
const MAX_FRAME = 2 * 2 ** 20

export interface Frame {
  readonly lost: number
  readonly value: unknown
}

/** @param json  of the value */
export function encodeFrame(lost: number, json: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(`{"lost":${lost},"value":${json}}`)
  const frame = new Uint8Array(HEADER + text.length)
  new DataView(frame.buffer).setUint32(0, text.length, true)
  frame.set(text, HEADER)
  return frame
}

/** Cuts chunks, as they arrive, into the frames that they carry. */
export class FrameReader {
  readonly #decode: (bytes: Uint8Array<ArrayBuffer>) => string
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0)

  /** @param decode  UTF-8 to text */
  constructor(decode: (bytes: Uint8Array<ArrayBuffer>) => string) {
    this.#decode = decode
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#rest = this.#rest.length === 0 ? chunk : joinBytes([this.#rest, chunk])
  }

  /** The next frame that is there as a whole. @throws {TypeError} for what is none */
  next(): Frame | undefined {
    const { buffer, byteOffset, length } = this.#rest
    if (length < HEADER) return undefined
    const size = new DataView(buffer, byteOffset, length).getUint32(0, true)
    if (size > MAX_FRAME) throw new TypeError('The host sent a frame that is too large.')
    if (length < HEADER + size) return undefined
    const text = this.#decode(this.#rest.slice(HEADER, HEADER + size))
    this.#rest = this.#rest.subarray(HEADER + size)
    const { lost, value } = JSON.parse(text) as { readonly lost?: unknown, readonly value?: unknown } // an object, by the sender
    return { lost: typeof lost === 'number' ? lost : 0, value }
  }
}
