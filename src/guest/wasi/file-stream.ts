/** Files as streams, each with a position of its own. All of them own their file. */
import type { OpenFile } from '../fs/handle.ts'
import type { ByteSource } from './input-stream.ts'
import type { ByteTarget } from './output-stream.ts'

export function fileSource(file: OpenFile, offset: number): ByteSource {
  let position = offset
  return {
    read: (max) => {
      const into = new Uint8Array(max)
      const size = file.read(into, position)
      position += size
      return size === 0 ? undefined : into.subarray(0, size)
    },
    cancel: () => file.close(),
  }
}

export function fileTarget(file: OpenFile, offset: number): ByteTarget {
  let position = offset
  return {
    write: (bytes) => {
      file.write(bytes, position)
      position += bytes.length
    },
    drop: () => file.close(),
  }
}

export function appendTarget(file: OpenFile): ByteTarget {
  return { write: (bytes) => void file.append(bytes), drop: () => file.close() }
}
