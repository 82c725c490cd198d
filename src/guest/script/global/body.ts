/** What Request and Response share: a body that can be read once. https://fetch.spec.whatwg.org/#body-mixin */
import type { Bridge } from '../bridge.ts'
import { blobStateOf, isBlob, joinChunks } from './blob-state.ts'
import { blobClassesOf } from './blob.ts'
import { cloneStream, createBodyStream, forwardStream, readAll, toChunk, type BodySource, type BodyStream } from './body-stream.ts'
import { utf8Of } from './encoding.ts'
import { findEntries, formDataOf } from './form-data.ts'
import type { Headers } from './headers.ts'
import { parseMimeType, serializeMimeType, type MimeType } from './mime-type.ts'
import { createSlot } from './slot.ts'
import { readMultipart, readUtf8, writeMultipart } from './multipart.ts'
import { isByteStream, isDisturbed, isLocked, isReadableStream, openReader } from './streams.ts'
import { parseForm, URLSearchParams } from './url-search-params.ts'
import { perBridge, toBuffer, toBytes, toUsvString } from './web-idl.ts'

/** A body whose bytes are all here, or one that streams. */
export interface BodyContent {
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  stream: BodyStream | undefined
  isUsed: boolean
}

/** Writable by this folder only. */
const contents = createSlot<BodyContent | null>()

/** Of the classes that include the mixin. */
const headers = createSlot<Headers>()

const bodyOf = perBridge((bridge) => {
  const utf8 = utf8Of(bridge)
  const blobs = blobClassesOf(bridge)
  const forms = formDataOf(bridge)

  return class Body {
    get body(): BodyStream | null {
      const content = contentOf(this)
      return content === null ? null : streamOf(content)
    }
    get bodyUsed(): boolean {
      const content = contentOf(this)
      return content !== null && isUsed(content)
    }
    async text(): Promise<string> {
      return utf8.decode(await consume(this))
    }
    async json(): Promise<unknown> {
      return JSON.parse(utf8.decode(await consume(this))) as unknown
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return toBuffer(await consume(this))
    }
    async blob(): Promise<object> {
      const bytes = await consume(this)
      const type = typeOf(this)
      const text = type === undefined ? '' : serializeMimeType(type).toLowerCase()
      return blobs.create({ chunks: [bytes], size: bytes.length, type: text, name: undefined, lastModified: 0 })
    }
    async bytes(): Promise<Uint8Array> {
      return consume(this)
    }
    async formData(): Promise<object> {
      const bytes = await consume(this)
      const type = typeOf(this)
      if (type?.essence === 'multipart/form-data') return forms.create(readMultipart(bridge, bytes, type.parameters.get('boundary')))
      if (type?.essence === 'application/x-www-form-urlencoded') return forms.create(parseForm(readUtf8(bridge, bytes)))
      throw new TypeError('The body has no type of a form')
    }
  }
})

function typeOf(holder: object): MimeType | undefined {
  return parseMimeType(headers.get(holder)?.get('content-type') ?? null)
}

/** Gives `type` the members of the mixin as its own: that is what WebIDL's `includes` means. */
export function includeBody(bridge: Bridge, type: { readonly prototype: object }): void {
  const { constructor: _constructor, ...members } = Object.getOwnPropertyDescriptors(bodyOf(bridge).prototype)
  Object.defineProperties(type.prototype, members)
}

export function contentOf(holder: object): BodyContent | null {
  const content = contents.get(holder)
  if (content === undefined) throw new TypeError('A Request or Response is required')
  return content
}

export function setContent(holder: object, content: BodyContent | null): void {
  contents.set(holder, content)
}

/** Where the type of the body of `holder` stands. */
export function setBodyHeaders(holder: object, given: Headers): void {
  headers.set(holder, given)
}

function isUsed(content: BodyContent): boolean {
  return content.isUsed || (content.stream !== undefined && isDisturbed(content.stream))
}

/** True when nobody may read the body any more. */
function isUnusable(content: BodyContent): boolean {
  return isUsed(content) || (content.stream !== undefined && isLocked(content.stream))
}

export function streamOf(content: BodyContent): BodyStream {
  if (content.stream !== undefined) return content.stream
  content.stream = createBodyStream(sourceOfBytes(content.isUsed ? undefined : content.bytes))
  if (content.isUsed) openReader(content.stream) // whoever read the bytes has the lock
  return content.stream
}

/** All bytes; they belong to the caller. */
export async function consume(holder: object): Promise<Uint8Array<ArrayBuffer>> {
  const content = usableContentOf(holder)
  if (content === null) return new Uint8Array()
  if (content.stream === undefined && content.bytes !== undefined) {
    content.isUsed = true
    return content.bytes.slice() // a clone may share them
  }
  return readAll(streamOf(content))
}

/** Two bodies out of one, for `clone()`. */
export function teeContent(holder: object): BodyContent | null {
  const content = usableContentOf(holder)
  if (content === null) return null
  if (content.stream === undefined) return { ...content }
  const [first, second] = content.stream.tee()
  content.stream = first
  return createStreamContent(isByteStream(second) ? second : cloneStream(second)) // `tee` copies bytes only
}

/** Moves the body of `holder` away, which then counts as used. */
export function takeContent(holder: object): BodyContent | null {
  const content = usableContentOf(holder)
  if (content === null) return null
  const taken = content.stream === undefined ? { ...content } : createStreamContent(forwardStream(content.stream))
  content.isUsed = true
  return taken
}

/** The body of `holder`, when nobody else knows `holder`. */
export function usableContentOf(holder: object): BodyContent | null {
  const content = contentOf(holder)
  if (content !== null && isUnusable(content)) throw new TypeError('The body was already read, or its stream is locked')
  return content
}

export function createStreamContent(stream: BodyStream): BodyContent {
  return { bytes: undefined, stream, isUsed: false }
}

/** BodyInit → body and default content type (null where there is none). */
export function extractBody(bridge: Bridge, init: unknown): readonly [content: BodyContent, type: string | null] {
  if (isReadableStream(init)) {
    if (isDisturbed(init) || isLocked(init)) throw new TypeError('The body stream was already read, or is locked')
    return [createStreamContent(init), null]
  }
  if (init instanceof URLSearchParams) return [createTextContent(bridge, init.toString()), 'application/x-www-form-urlencoded;charset=UTF-8']
  if (isBlob(init)) {
    const state = blobStateOf(init)
    return [createBytesContent(joinChunks(state)), state.type === '' ? null : state.type]
  }
  const entries = findEntries(init)
  if (entries !== undefined) {
    const { bytes, boundary } = writeMultipart(bridge, entries)
    return [createBytesContent(bytes), `multipart/form-data; boundary=${boundary}`]
  }
  if (init instanceof ArrayBuffer || ArrayBuffer.isView(init)) return [createBytesContent(toBytes(init, 'body').slice()), null]
  if (typeof init === 'object' && init !== null && Symbol.asyncIterator in init) {
    return [createStreamContent(createBodyStream(sourceOfIterable(init as AsyncIterable<unknown>))), null] // its `next` is called with checks
  }
  return [createTextContent(bridge, toUsvString(init)), 'text/plain;charset=UTF-8']
}

function createTextContent(bridge: Bridge, text: string): BodyContent {
  return createBytesContent(utf8Of(bridge).encode(text))
}

function createBytesContent(bytes: Uint8Array<ArrayBuffer>): BodyContent {
  return { bytes, stream: undefined, isUsed: false }
}

function sourceOfBytes(bytes: Uint8Array<ArrayBuffer> | undefined): BodySource {
  const chunks = bytes === undefined ? [] : [bytes]
  return { pull: async () => chunks.shift()?.slice(), cancel: () => undefined } // a clone may share them
}

function sourceOfIterable(iterable: AsyncIterable<unknown>): BodySource {
  const iterator = iterable[Symbol.asyncIterator]()
  return {
    pull: async () => {
      const { done, value } = await iterator.next()
      if (done === true) return undefined
      return toChunk(value).slice()
    },
    cancel: () => iterator.return?.(),
  }
}
