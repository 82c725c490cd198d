/** Bytes that came in pieces. */

/** All of them as one array, which belongs to the caller. `size`: their lengths together, where it is known. */
export function joinBytes(chunks: readonly Uint8Array[], size: number = chunks.reduce((sum, chunk) => sum + chunk.length, 0)): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    joined.set(chunk, offset)
    offset += chunk.length
  }
  return joined
}
