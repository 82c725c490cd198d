/**
 * Unpacks one entry under a cap. The packed bytes go in by small slices, so that a header that lies about the size is found after a few
 * megabytes at most, and the page gets a turn between megabytes.
 */
import type { Inflate as InflateType } from 'fflate'
import { crc32 } from './crc32.ts'
import { archiveError } from './zip-directory.ts'
import type { ZipEntry } from './zip-directory.ts'

export type InflateConstructor = new (options?: undefined) => InflateType

const SLICE_BYTES = 16 * 1024 // at 1032:1, the most that deflate can do, 16 MiB of output
const TURN_BYTES = 2 ** 20
// A stored block of deflate holds 64 KiB and gives nothing until it is complete; more input without output is no deflate stream's.
const MAX_SILENT_BYTES = 128 * 1024

/** @throws {PackageError} archive-invalid when the bytes are damaged, or differ from the declared size or CRC */
export async function unpack(entry: ZipEntry, Inflate: InflateConstructor, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = entry.method === 'stored' ? entry.packed.slice() : await inflate(entry, Inflate, signal)
  if (bytes.length !== entry.size) throw damaged(entry, `unpacks to ${bytes.length} bytes and declares ${entry.size}`)
  if (crc32(bytes) !== entry.crc) throw damaged(entry, 'does not have its declared CRC')
  return bytes
}

async function inflate(entry: ZipEntry, Inflate: InflateConstructor, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const output = new Uint8Array(entry.size)
  const stream = new Inflate()
  const progress = { written: 0, silent: 0, turn: 0 }
  stream.ondata = (chunk) => {
    if (progress.written + chunk.length > entry.size) throw damaged(entry, `unpacks to more than the ${entry.size} bytes it declares`)
    output.set(chunk, progress.written)
    progress.written += chunk.length
    progress.turn += chunk.length
    progress.silent = chunk.length > 0 ? 0 : progress.silent + SLICE_BYTES
    if (progress.silent > MAX_SILENT_BYTES) throw damaged(entry, 'goes on after the end of its data')
  }
  for (let offset = 0; offset < entry.packed.length; offset += SLICE_BYTES) {
    signal?.throwIfAborted()
    push(stream, entry, offset)
    if (progress.turn >= TURN_BYTES) {
      progress.turn = 0
      await nextTask()
    }
  }
  return output.subarray(0, progress.written)
}

function push(stream: InflateType, entry: ZipEntry, offset: number): void {
  try {
    stream.push(entry.packed.subarray(offset, offset + SLICE_BYTES), offset + SLICE_BYTES >= entry.packed.length)
  } catch (error) {
    if (error instanceof Error && error.name === 'PackageError') throw error
    throw archiveError(`has a damaged entry ${JSON.stringify(entry.path)}`, error)
  }
}

function damaged(entry: ZipEntry, problem: string): Error {
  return archiveError(`has an entry ${JSON.stringify(entry.path)} that ${problem}`)
}

// A message, not a timer: timers of hidden pages fire once a second.
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
