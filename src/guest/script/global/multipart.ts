/**
 * multipart/form-data, written and read. The reader takes what browsers and servers write and nothing looser; its work is linear in the
 * bytes, which lie in the guest's own memory already.
 * https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data https://www.rfc-editor.org/rfc/rfc7578
 */
import type { Bridge } from '../bridge.ts'
import { blobStateOf } from './blob-state.ts'
import { blobClassesOf } from './blob.ts'
import { utf8Of } from './encoding.ts'
import type { FormEntry } from './form-data.ts'
import { toBuffer } from './web-idl.ts'

/** The characters of RFC 2046. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{1,70}$/
const MAX_HEADER = 16_384
const RANDOM_BYTES = 16
const CARRIAGE_RETURN = 13
const CRLF = Uint8Array.of(13, 10)
const BLANK_LINE = Uint8Array.of(13, 10, 13, 10)
const DASHES = Uint8Array.of(45, 45)

export interface Multipart {
  readonly boundary: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function writeMultipart(bridge: Bridge, entries: readonly FormEntry[]): Multipart {
  const { encode } = utf8Of(bridge)
  const boundary = `----gloveboxformboundary${randomHex(bridge)}`
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (const [name, value] of entries) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(withCrlf(name))}"`
    if (typeof value === 'string') {
      chunks.push(encode(`${head}\r\n\r\n${withCrlf(value)}\r\n`))
    } else {
      const { chunks: content, type, name: fileName = 'blob' } = blobStateOf(value)
      chunks.push(encode(`${head}; filename="${escapeName(fileName)}"\r\nContent-Type: ${type === '' ? 'application/octet-stream' : type}\r\n\r\n`))
      chunks.push(...content, encode('\r\n'))
    }
  }
  chunks.push(encode(`--${boundary}--\r\n`))
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return { boundary, bytes }
}

/** @throws TypeError when `bytes` are no such form. */
export function readMultipart(bridge: Bridge, bytes: Uint8Array<ArrayBuffer>, boundary: string | undefined): FormEntry[] {
  if (boundary === undefined || !BOUNDARY.test(boundary)) throw malformed('its boundary is missing or not allowed')
  const { encode } = utf8Of(bridge)
  const delimiter = encode(`\r\n--${boundary}`)
  const entries: FormEntry[] = []
  let at = startsWith(bytes, CRLF, 0) ? CRLF.length : 0
  if (!startsWith(bytes, delimiter.subarray(CRLF.length), at)) throw malformed('it does not begin with its boundary')
  at += delimiter.length - CRLF.length
  for (;;) {
    if (startsWith(bytes, DASHES, at)) return entries
    if (!startsWith(bytes, CRLF, at)) throw malformed('a boundary does not end its line')
    const head = find(bytes, BLANK_LINE, at)
    const end = head < 0 ? -1 : find(bytes, delimiter, head + CRLF.length)
    if (end < 0 || head - at > MAX_HEADER) throw malformed('a part has no end')
    const start = head + BLANK_LINE.length
    entries.push(readPart(bridge, readUtf8(bridge, bytes.subarray(at + CRLF.length, head)), bytes.subarray(start, Math.max(end, start))))
    at = end + delimiter.length
  }
}

/** Where `pattern`, which begins with a carriage return, is next; -1 for nowhere. Natively from one carriage return to the next. */
function find(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  let at = bytes.indexOf(CARRIAGE_RETURN, from)
  while (at >= 0 && !startsWith(bytes, pattern, at)) at = bytes.indexOf(CARRIAGE_RETURN, at + 1)
  return at
}

function startsWith(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let index = 0; index < pattern.length; index += 1) if (bytes[at + index] !== pattern[index]) return false
  return true
}

function readPart(bridge: Bridge, head: string, content: Uint8Array<ArrayBuffer>): FormEntry {
  const headers = new Map(head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed('a header has no colon')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  }))
  const disposition = headers.get('content-disposition') ?? ''
  if (!/^form-data\s*;/i.test(disposition)) throw malformed('a part is not form-data')
  const name = readParameter(disposition, 'name')
  if (name === undefined) throw malformed('a part has no name')
  const fileName = readParameter(disposition, 'filename')
  if (fileName === undefined) return [name, readUtf8(bridge, content)]
  const type = headers.get('content-type') ?? 'text/plain'
  const { create } = blobClassesOf(bridge)
  return [name, create({ chunks: [content], size: content.length, type, name: fileName, lastModified: Date.now() })]
}

/** Quoted, with the three escapes of HTML; or a plain token. */
function readParameter(disposition: string, name: string): string | undefined {
  const [, quoted, token] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s";]+))`, 'i').exec(disposition) ?? []
  return (quoted ?? token)?.replace(/%(0a|0d|22)/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Without taking a leading byte order mark away. */
export function readUtf8(bridge: Bridge, bytes: Uint8Array<ArrayBuffer>): string {
  return String(bridge.call('encoding.decode', 'utf-8', false, true, toBuffer(bytes)))
}

function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

function randomHex(bridge: Bridge): string {
  const bytes = bridge.call('crypto.random', RANDOM_BYTES)
  if (!(bytes instanceof ArrayBuffer)) throw new TypeError('No randomness')
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function malformed(why: string): TypeError {
  return new TypeError(`The body is no multipart form: ${why}`)
}
