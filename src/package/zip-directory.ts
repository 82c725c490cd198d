/**
 * Reads the central directory of a zip (PKWARE APPNOTE.TXT 6.3.10) and refuses whatever two readers could understand differently, before a
 * byte is unpacked. Only what packages need: stored and deflated entries; no zip64, no encryption, no links, no parts, no data before or after.
 */
import { PackageError } from '../errors.ts'
import { pathProblem } from '../manifest/path.ts'

export interface ZipEntry {
  readonly path: string
  readonly isFolder: boolean
  readonly method: 'stored' | 'deflated'
  /** As declared; unpacking checks both. */
  readonly crc: number
  readonly size: number
  /** The packed bytes, a view of the archive. */
  readonly packed: Uint8Array<ArrayBuffer>
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const ZIP64_LOCATOR = 0x07064b50
const END_BYTES = 22
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const MAX_COMMENT = 0xffff
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000 // traditional, strong, masked headers
const DESCRIPTOR = 0x0008
const ZIP64_EXTRA = 0x0001

/** True when the bytes begin as a zip does: a local header, or the end record of an empty archive. */
export function looksLikeZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
}

/** @throws {PackageError} archive-invalid */
export function readZipDirectory(archive: Uint8Array<ArrayBuffer>, maxEntries: number): readonly ZipEntry[] {
  if (!looksLikeZip(archive)) throw archiveError('does not begin as a zip does')
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  try {
    return readEntries(archive, view, maxEntries)
  } catch (error) {
    // Every read past the end lands here, so that no offset of a stranger's needs a check of its own.
    throw error instanceof RangeError ? archiveError('is cut off or has an offset past its end', error) : error
  }
}

export function archiveError(problem: string, cause?: unknown): PackageError {
  return new PackageError('archive-invalid', `The archive ${problem}.`, cause === undefined ? {} : { cause })
}

function readEntries(archive: Uint8Array<ArrayBuffer>, view: DataView, maxEntries: number): readonly ZipEntry[] {
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  const start = view.getUint32(end + 16, true)
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 6, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    throw archiveError('is one part of several')
  }
  if (count > maxEntries) throw archiveError(`has ${count} entries; at most ${maxEntries} are allowed`)
  if (start + view.getUint32(end + 12, true) !== end) throw archiveError('has bytes between its directory and its end (zip64, or data put in front)')
  const found: { readonly entry: ZipEntry; readonly from: number; readonly to: number }[] = []
  let offset = start
  for (let index = 0; index < count; index++) {
    const { entry, next } = readEntry(archive, view, offset, start)
    found.push(entry)
    offset = next
  }
  if (offset !== end) throw archiveError('has a directory longer than its entries')
  refuseOverlaps(found)
  return found.map(({ entry }) => entry)
}

/** The end record must end where the file ends: its comment reaches exactly there. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES
  for (let offset = last; offset >= 0 && offset >= last - MAX_COMMENT; offset--) {
    if (view.getUint32(offset, true) === END && offset + END_BYTES + view.getUint16(offset + 20, true) === view.byteLength) {
      if (offset >= 20 && view.getUint32(offset - 20, true) === ZIP64_LOCATOR) throw archiveError('is a zip64 archive; packages are smaller')
      return offset
    }
  }
  throw archiveError('has no end record where it ends; is it cut off?')
}

type Placed = { readonly entry: ZipEntry; readonly from: number; readonly to: number }

function readEntry(
  archive: Uint8Array<ArrayBuffer>,
  view: DataView,
  offset: number,
  limit: number,
): { readonly entry: Placed; readonly next: number } {
  if (view.getUint32(offset, true) !== CENTRAL) throw archiveError('has a damaged directory')
  const nameEnd = offset + CENTRAL_BYTES + view.getUint16(offset + 28, true)
  const extraEnd = nameEnd + view.getUint16(offset + 30, true)
  const next = extraEnd + view.getUint16(offset + 32, true)
  if (next > view.byteLength) throw archiveError('has a damaged directory')
  const name = decodeName(archive.subarray(offset + CENTRAL_BYTES, nameEnd))
  const { path, isFolder } = readPath(name)
  const fields = fieldsAt(view, offset + 8)
  refuseKind(name, fields, view.getUint32(offset + 38, true) >>> 16)
  refuseZip64(view, nameEnd, extraEnd)
  if (view.getUint16(offset + 34, true) !== 0) throw archiveError('is one part of several')
  const from = view.getUint32(offset + 42, true)
  const packedAt = readLocal(archive, view, { from, name, fields })
  const to = packedAt + fields.packedSize
  if (to > limit) throw archiveError(`has an entry ${quote(name)} that reaches into the directory`)
  if (isFolder && fields.size !== 0) throw archiveError(`has a folder ${quote(name)} with contents`)
  const method = fields.method === 0 ? 'stored' : 'deflated'
  const entry: ZipEntry = { path, isFolder, method, crc: fields.crc, size: fields.size, packed: archive.subarray(packedAt, to) }
  return { entry: { entry, from, to }, next }
}

interface Fields {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
}

// Central and local headers hold the same run of fields, two bytes apart.
function fieldsAt(view: DataView, offset: number): Fields {
  return {
    flags: view.getUint16(offset, true),
    method: view.getUint16(offset + 2, true),
    crc: view.getUint32(offset + 8, true),
    packedSize: view.getUint32(offset + 12, true),
    size: view.getUint32(offset + 16, true),
  }
}

function refuseKind(name: string, { flags, method, size, packedSize }: Fields, unixMode: number): void {
  if ((flags & ENCRYPTED) !== 0) throw archiveError(`has an encrypted entry ${quote(name)}`)
  if (method !== 0 && method !== 8) throw archiveError(`has an entry ${quote(name)} packed by method ${method}; store or deflate it`)
  if (method === 0 && size !== packedSize) throw archiveError(`has a stored entry ${quote(name)} with two sizes`)
  const type = unixMode & 0o170000
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) throw archiveError(`has an entry ${quote(name)} that is a link or a device`)
}

function refuseZip64(view: DataView, from: number, to: number): void {
  for (let offset = from; offset + 4 <= to; offset += 4 + view.getUint16(offset + 2, true)) {
    if (view.getUint16(offset, true) === ZIP64_EXTRA) throw archiveError('is a zip64 archive; packages are smaller')
  }
}

/** Where the packed bytes begin. The local header must say what the directory says, else two readers would unpack two packages. */
function readLocal(archive: Uint8Array, view: DataView, central: { readonly from: number; readonly name: string; readonly fields: Fields }): number {
  const { from, name, fields } = central
  if (view.getUint32(from, true) !== LOCAL) throw archiveError(`has no local header for ${quote(name)}`)
  const local = fieldsAt(view, from + 6)
  const nameEnd = from + LOCAL_BYTES + view.getUint16(from + 26, true)
  const extraEnd = nameEnd + view.getUint16(from + 28, true)
  const isLater = (fields.flags & DESCRIPTOR) !== 0 // sizes follow the data; the header may hold zeros
  const agrees = (key: 'crc' | 'packedSize' | 'size'): boolean => local[key] === fields[key] || (isLater && local[key] === 0)
  const isSame = local.flags === fields.flags && local.method === fields.method && agrees('crc') && agrees('packedSize') && agrees('size')
  if (!isSame || decodeName(archive.subarray(from + LOCAL_BYTES, nameEnd)) !== name) {
    throw archiveError(`has a local header for ${quote(name)} that differs from the directory`)
  }
  refuseZip64(view, nameEnd, extraEnd)
  return extraEnd
}

function readPath(name: string): { readonly path: string; readonly isFolder: boolean } {
  const isFolder = name.endsWith('/')
  const path = isFolder ? name.slice(0, -1) : name
  const problem = pathProblem(path)
  if (problem !== undefined) throw archiveError(`has an entry ${quote(name)} whose path ${problem}`)
  return { path, isFolder }
}

// Without the UTF-8 flag old tools wrote code page 437, newer ones UTF-8 all the same; what is not UTF-8 has no agreed reading.
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw archiveError('has an entry whose name is not UTF-8', cause)
  }
}

function refuseOverlaps(entries: readonly Placed[]): void {
  const sorted = [...entries].sort((a, b) => a.from - b.from)
  for (const [index, { entry, from }] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before !== undefined && before.to > from) {
      throw archiveError(`has entries that overlap (${quote(before.entry.path)} and ${quote(entry.path)})`)
    }
  }
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200))
}
