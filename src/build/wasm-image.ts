/**
 * Rewrites a WebAssembly module so that its instances begin with a given memory: data segments replaced, the memory's minimum set, and
 * custom sections added. Works on sections; code is not looked at.
 * https://webassembly.github.io/spec/core/binary/modules.html
 */
import { joinBytes } from '../util/bytes.ts'
import { type Cursor, raiseMemoryMinimum, readUnsigned } from './wasm-memory.ts'

const HEADER_BYTES = 8
const PAGE_BYTES = 65_536
/** A run of zeros shorter than this costs less inside a segment than between two. */
const MIN_GAP_BYTES = 16
const SECTION = { custom: 0, export: 7, start: 8, data: 11, dataCount: 12 } as const
const EXPORT_TABLE = 1
const ACTIVE_IN_MEMORY_0 = 0
const I32_CONST = 0x41
const END = 0x0b

interface Section { readonly id: number; readonly body: Uint8Array }

/** Shows the module's only table under `name`. */
export function exportTable(wasm: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  return join(split(wasm).map((section) => {
    if (section.id !== SECTION.export) return section
    const cursor: Cursor = { at: 0 }
    const count = readUnsigned(section.body, cursor)
    const entry = [...text(name), EXPORT_TABLE, 0]
    return { id: section.id, body: Uint8Array.from([...unsigned(count + 1), ...section.body.subarray(cursor.at), ...entry]) }
  }))
}

/**
 * `memory`: what an instance begins with, from address 0; its length becomes the minimum of the imported memory. `notes`: custom sections, text by
 * name.
 */
export function embedMemory(wasm: Uint8Array, memory: Uint8Array, notes: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer> {
  const segments = findSegments(memory)
  // The start function clears the variables that begin as zero, since an imported memory may hold anything. Here it would forget what they
  // hold, the allocator's lists among them: freeing a block of the image would then write wherever zeros point.
  const kept = split(raiseMemoryMinimum(wasm, memory.length / PAGE_BYTES)).filter(({ id }) => id !== SECTION.start)
  const sections = kept.map((section) => {
    if (section.id === SECTION.dataCount) return { id: section.id, body: Uint8Array.from(unsigned(segments.length)) }
    return section.id === SECTION.data ? { id: section.id, body: dataSection(memory, segments) } : section
  })
  const custom = [...notes].map(([name, content]) => {
    return { id: SECTION.custom, body: joinBytes([Uint8Array.from(text(name)), new TextEncoder().encode(content)]) }
  })
  return join([...sections, ...custom])
}

function findSegments(memory: Uint8Array): (readonly [start: number, end: number])[] {
  const segments: [number, number][] = []
  for (let at = 0; at < memory.length; at += 1) {
    if (memory[at] === 0) continue
    const last = segments.at(-1)
    if (last !== undefined && at - last[1] < MIN_GAP_BYTES) last[1] = at + 1
    else segments.push([at, at + 1])
  }
  return segments
}

function dataSection(memory: Uint8Array, segments: readonly (readonly [number, number])[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(unsigned(segments.length))]
  for (const [start, end] of segments) {
    parts.push(Uint8Array.from([ACTIVE_IN_MEMORY_0, I32_CONST, ...signed(start), END, ...unsigned(end - start)]), memory.subarray(start, end))
  }
  return joinBytes(parts)
}

function split(wasm: Uint8Array): Section[] {
  const sections: Section[] = []
  const cursor: Cursor = { at: HEADER_BYTES }
  while (cursor.at < wasm.length) {
    const id = wasm[cursor.at] ?? SECTION.custom
    cursor.at += 1
    const size = readUnsigned(wasm, cursor)
    sections.push({ id, body: wasm.subarray(cursor.at, cursor.at + size) })
    cursor.at += size
  }
  return sections
}

function join(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]
  for (const { id, body } of sections) parts.push(Uint8Array.from([id, ...unsigned(body.length)]), body)
  return joinBytes(parts)
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...unsigned(bytes.length), ...bytes]
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? byte : byte | 0x80)
  } while (rest !== 0)
  return bytes
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const byte = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}
