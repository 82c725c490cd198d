/** Builds zips by hand, honest by default; every field of a header can be made a lie. */
import { deflateSync } from 'fflate'
import { crc32 } from '../../../src/package/crc32.ts'
import { joinBytes } from '../../../src/util/bytes.ts'

export interface Part {
  readonly name: string | Uint8Array
  readonly data?: Uint8Array | string
  /** 0 stored, 8 deflated (default). */
  readonly method?: number
  /** Packed bytes, when they are not those of `data`. */
  readonly packed?: Uint8Array
  readonly central?: Partial<Fields>
  readonly local?: Partial<Fields> & { readonly name?: string }
  /** Put after the packed bytes. */
  readonly after?: Uint8Array
  /** Extra field, in both headers. */
  readonly extra?: Uint8Array
  /** `unix mode << 16`. */
  readonly attributes?: number
  /** Point at this place instead of the part's own local header. */
  readonly offset?: number
  readonly disk?: number
  /** Only in the directory: its local header and bytes are not written. */
  readonly isGhost?: boolean
}

interface Fields {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
}

export interface End {
  readonly count?: number
  readonly countHere?: number
  readonly start?: number
  readonly size?: number
  readonly disk?: number
  readonly comment?: Uint8Array
  /** Between directory and end record. */
  readonly before?: Uint8Array
}

const UTF8_FLAG = 0x0800

export function bytes(...parts: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

export function u16(...values: number[]): Uint8Array {
  return new Uint8Array(values.flatMap((value) => [value & 255, (value >>> 8) & 255]))
}

export function u32(...values: number[]): Uint8Array {
  return new Uint8Array(values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]))
}

export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

export function makeZip(parts: readonly Part[], end: End = {}): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const part of parts) {
    const { fields, packed, name } = describePart(part)
    const localName = part.local?.name === undefined ? name : encode(part.local.name)
    const extra = part.extra ?? new Uint8Array()
    const header = bytes(u32(0x04034b50), u16(20), run({ ...fields, ...part.local }), u16(localName.length, extra.length), localName, extra)
    const local = part.isGhost === true ? new Uint8Array() : joinBytes([header, packed, part.after ?? new Uint8Array()])
    chunks.push(local)
    directory.push(
      bytes(
        u32(0x02014b50),
        u16(0x0314, 20),
        run({ ...fields, ...part.central }),
        u16(name.length, extra.length, 0, part.disk ?? 0, 0),
        u32(part.attributes ?? 0, part.offset ?? offset),
        name,
        extra,
      ),
    )
    offset += local.length
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0)
  const count = end.count ?? parts.length
  const comment = end.comment ?? new Uint8Array()
  chunks.push(
    ...directory,
    end.before ?? new Uint8Array(),
    u32(0x06054b50),
    u16(end.disk ?? 0, end.disk ?? 0, end.countHere ?? count, count),
    u32(end.size ?? size, end.start ?? offset),
    u16(comment.length),
    comment,
  )
  return joinBytes(chunks)
}

function describePart(part: Part): { readonly fields: Fields; readonly packed: Uint8Array; readonly name: Uint8Array } {
  const data = typeof part.data === 'string' ? encode(part.data) : (part.data ?? new Uint8Array())
  const method = part.method ?? 8
  const packed = part.packed ?? (method === 8 ? deflateSync(data) : data)
  const fields = { flags: UTF8_FLAG, method, crc: crc32(data), packedSize: packed.length, size: data.length }
  return { fields, packed, name: typeof part.name === 'string' ? encode(part.name) : part.name }
}

function run(fields: Fields): Uint8Array {
  return bytes(u16(fields.flags, fields.method, 0, 0), u32(fields.crc, fields.packedSize, fields.size))
}
