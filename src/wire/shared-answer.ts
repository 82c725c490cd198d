/**
 * How an answer reaches a worker that blocks: as bytes in memory that it shares with its frame, in pieces where there are more than fit.
 * Bytes: u32 length of a JSON text, the text, then the buffers whose sizes the text lists.
 */
import { parseOutcome } from './message.ts'
import { MAX_BUFFERS, type Outcome } from './payload.ts'

/**
 * Int32 cells at the memory's begin: state, bytes in this piece, whether it is the last. The piece begins at PIECE_OFFSET.
 * frame.html knows them, too.
 */
export const CELL = Object.freeze({ state: 0, bytes: 1, isLast: 2 })
export const PIECE_OFFSET = 64
export const PIECE_BYTES = 256 * 2 ** 10

type Bytes = Uint8Array<ArrayBuffer>

export function encodeAnswer(outcome: Outcome): Bytes {
  const buffers = outcome.ok ? outcome.value.buffers : []
  const head = outcome.ok ? { text: outcome.value.text, sizes: buffers.map(({ byteLength }) => byteLength) } : { error: outcome.error }
  const text = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(4 + text.length + buffers.reduce((sum, { byteLength }) => sum + byteLength, 0))
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, 4)
  let offset = 4 + text.length
  for (const buffer of buffers) {
    bytes.set(new Uint8Array(buffer), offset)
    offset += buffer.byteLength
  }
  return bytes
}

/** Undefined when it is no answer. The page makes them: this only keeps a mistake of ours from becoming a value. */
export function decodeAnswer(bytes: Bytes): Outcome | undefined {
  const length = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : Infinity
  if (4 + length > bytes.length) return undefined
  const head: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  if (typeof head !== 'object' || head === null) return undefined
  if ('error' in head) return parseOutcome({ ok: false, error: head.error })
  const sizes: unknown = 'sizes' in head ? head.sizes : undefined
  if (!('text' in head) || !Array.isArray(sizes) || sizes.length > MAX_BUFFERS) return undefined
  const buffers: ArrayBuffer[] = []
  let offset = 4 + length
  for (const size of sizes as readonly unknown[]) {
    if (typeof size !== 'number' || !(size >= 0) || offset + size > bytes.length) return undefined
    buffers.push(bytes.slice(offset, offset + size).buffer)
    offset += size
  }
  return parseOutcome({ ok: true, value: { text: head.text, buffers } })
}

/** Code of the failure that ends a wait because the call was aborted. Never seen by a guest. */
export const ABORTED_CODE = 'aborted'

/** What a worker asks for while it blocks, one request at a time. Every one is answered by an Outcome. */
export type WaitRequest =
  | { readonly op: 'capability'; readonly method: string; readonly payload: unknown }
  /** Gives a Uint8Array, or undefined at the end. */
  | { readonly op: 'read'; readonly stream: number }
  /** Gives the id of a stream to the page. */
  | { readonly op: 'open' }
  | { readonly op: 'write'; readonly stream: number; readonly bytes: ArrayBuffer }
  | { readonly op: 'end'; readonly stream: number }
  | { readonly op: 'cancel'; readonly stream: number }
  | { readonly op: 'fail'; readonly stream: number; readonly code: string; readonly message: string }
  /** Asked of the page, so that it can be cut short. */
  | { readonly op: 'sleep'; readonly ms: number }
  /** The next piece of an answer; the only one that may come while an answer is given. */
  | { readonly op: 'more' }

/** What a timer takes. */
export const MAX_SLEEP_MS = 2 ** 31 - 1

/** Built anew from a stranger's message; undefined when it is none. */
export function parseWaitRequest(data: unknown): WaitRequest | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { op, method, payload, stream, bytes, code, message, ms } = data as Readonly<Record<string, unknown>> // reading a field of any object gives unknown
  if (op === 'more' || op === 'open') return { op }
  if (op === 'sleep') return typeof ms === 'number' && ms >= 0 && ms <= MAX_SLEEP_MS ? { op, ms } : undefined
  if (op === 'capability') return typeof method === 'string' && method.length <= 64 ? { op, method, payload } : undefined
  if (typeof stream !== 'number' || !Number.isSafeInteger(stream) || stream < 0) return undefined
  if (op === 'read' || op === 'end' || op === 'cancel') return { op, stream }
  if (op === 'write') return bytes instanceof ArrayBuffer && bytes.byteLength <= PIECE_BYTES ? { op, stream, bytes } : undefined
  if (op !== 'fail' || typeof code !== 'string' || typeof message !== 'string') return undefined
  return { op, stream, code: code.slice(0, 64), message: message.slice(0, 1000) }
}
