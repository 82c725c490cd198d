/**
 * Blob and File, inside the guest alone: their bytes are the guest's own memory, no file of the user's is behind them, and they have no URL.
 * https://w3c.github.io/FileAPI/
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { blobStateOf, isBlob, joinChunks, setBlobState, sliceChunks, type BlobState } from './blob-state.ts'
import { createBodyStream, type BodyStream } from './body-stream.ts'
import { setCloner } from './clone-node.ts'
import { utf8Of } from './encoding.ts'
import { defineInterface, perBridge, requireArguments, toBytes, toDictionary, toDomString, toUsvString } from './web-idl.ts'

/** What a reader of `stream()` gets at once. */
const PIECE_BYTES = 64 * 2 ** 10

type BlobClass = new (...args: readonly unknown[]) => object

export interface BlobClasses {
  readonly Blob: BlobClass
  readonly File: BlobClass
  /** A Blob, or a File where the state has a name. */
  create(state: BlobState): object
}

const GIVEN = Symbol('given')

export const blobClassesOf: (bridge: Bridge) => BlobClasses = perBridge((bridge) => {
  const utf8 = utf8Of(bridge)

  class Blob {
    constructor(parts: unknown = undefined, options: unknown = undefined) {
      const state = parts === GIVEN ? (options as BlobState) : { ...readBlob(parts, options, utf8.encode), name: undefined, lastModified: 0 }
      setBlobState(this, state) // GIVEN comes with one
      setCloner(this, () => create(state))
    }
    get size(): number {
      return blobStateOf(this).size
    }
    get type(): string {
      return blobStateOf(this).type
    }
    slice(start: unknown = undefined, end: unknown = undefined, contentType: unknown = undefined): object {
      const { chunks, size } = blobStateOf(this)
      const from = toPosition(start, 0, size)
      const to = Math.max(toPosition(end, size, size), from)
      const type = contentType === undefined ? '' : normalizeType(toDomString(contentType))
      return create({ chunks: sliceChunks(chunks, from, to), size: to - from, type, name: undefined, lastModified: 0 })
    }
    stream(): BodyStream {
      const state = blobStateOf(this)
      let offset = 0
      return createBodyStream({
        pull: async () => {
          const end = Math.min(offset + PIECE_BYTES, state.size)
          const piece = joinChunks({ chunks: sliceChunks(state.chunks, offset, end), size: end - offset })
          offset = end
          return piece.length === 0 ? undefined : piece
        },
        cancel: () => undefined,
      })
    }
    async text(): Promise<string> {
      return utf8.decode(joinChunks(blobStateOf(this)))
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return joinChunks(blobStateOf(this)).buffer
    }
    async bytes(): Promise<Uint8Array> {
      return joinChunks(blobStateOf(this))
    }
  }

  class File extends Blob {
    constructor(parts: unknown, fileName: unknown, options: unknown = undefined) {
      if (parts === GIVEN) {
        super(parts, fileName)
        return
      }
      requireArguments(arguments.length, 2, 'File')
      if (parts === undefined) throw new TypeError('File: a sequence is required')
      const given = { parts: toParts(parts), name: toUsvString(fileName) }
      const { lastModified, ...content } = { ...readBlob(given.parts, options, utf8.encode), lastModified: readTime(options) }
      super(GIVEN, { ...content, name: given.name, lastModified })
    }
    get name(): string {
      return fileStateOf(this).name ?? ''
    }
    get lastModified(): number {
      return fileStateOf(this).lastModified
    }
  }

  const create = (state: BlobState): object => (state.name === undefined ? new Blob(GIVEN, state) : new File(GIVEN, state))
  return { Blob: defineInterface(Blob, 'Blob'), File: defineInterface(File, 'File') as BlobClass, create }
})

function fileStateOf(file: object): BlobState {
  const state = blobStateOf(file)
  if (state.name === undefined) throw new TypeError('A File is required')
  return state
}

/** WebIDL sequence of parts, each a view or buffer, a Blob, or a text; converted one by one, as they come. */
function toParts(value: unknown): unknown[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw new TypeError('Blob: a sequence of parts is required')
  const parts: unknown[] = []
  // Iterating throws a TypeError where it is not iterable.
  for (const part of value as Iterable<unknown>) {
    parts.push(part instanceof ArrayBuffer || ArrayBuffer.isView(part) || isBlob(part) ? part : toUsvString(part))
  }
  return parts
}

function readBlob(parts: unknown, options: unknown, encode: (text: string) => Uint8Array<ArrayBuffer>): Pick<BlobState, 'chunks' | 'size' | 'type'> {
  const items = parts === undefined ? [] : toParts(parts)
  const given = toDictionary(options, 'Blob')
  const endings = given['endings'] === undefined ? 'transparent' : toDomString(given['endings'])
  if (endings !== 'transparent' && endings !== 'native') throw new TypeError('Blob: endings must be transparent or native')
  const type = given['type'] === undefined ? '' : normalizeType(toDomString(given['type']))
  const chunks = items.flatMap((item) => {
    if (isBlob(item)) return blobStateOf(item).chunks
    if (typeof item !== 'string') return [toBytes(item, 'Blob').slice()]
    return [encode(endings === 'native' ? item.replace(/\r\n?/g, '\n') : item)]
  })
  return { chunks, size: chunks.reduce((sum, chunk) => sum + chunk.length, 0), type }
}

function readTime(options: unknown): number {
  const { lastModified } = toDictionary(options, 'File')
  return lastModified === undefined ? Date.now() : toLongLong(lastModified)
}

/** WebIDL long long. */
function toLongLong(value: unknown): number {
  return Number(BigInt.asIntN(64, BigInt(Math.trunc(finite(Number(value))))))
}

/** WebIDL [Clamp] long long, then a position within `size`; negative ones count from the end. */
function toPosition(value: unknown, initial: number, size: number): number {
  if (value === undefined) return initial
  const number = Number(value)
  const position = Number.isNaN(number) ? 0 : roundToEven(number)
  return position < 0 ? Math.max(size + position, 0) : Math.min(position, size)
}

function roundToEven(number: number): number {
  const floor = Math.floor(number)
  const rest = number - floor
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : Math.ceil(number)
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0
}

/** What is no printable ASCII makes no type at all. */
function normalizeType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase()
}

export const createBlobGlobals: CreateGlobals = (bridge) => {
  const { Blob, File } = blobClassesOf(bridge)
  return { Blob, File }
}
