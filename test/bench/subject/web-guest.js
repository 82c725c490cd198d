// @ts-check
/** Uses of the web's API, as an extension and a bare worker run them: the data is made inside, so that only the work is in the time. */
const MB = 1e6
const PIECE = 65_536

const TEXT = 'A line of text as people write it, now and then with an \u00e9 or a \u4e2d, but mostly plain.\n'
const text = new TextEncoder().encode(TEXT.repeat(Math.ceil(MB / TEXT.length))).subarray(0, MB)

/** Half of it noise: packs to a bit more than half. */
const pieces = makePieces(10 * MB)

export const nothing = () => 0

export const decode = () => new TextDecoder().decode(text).length

export const digest = async () => new Uint8Array(await crypto.subtle.digest('SHA-256', text))[0]

export async function compress() {
  const source = new ReadableStream({ start: (controller) => { for (const piece of pieces) controller.enqueue(piece); controller.close() } })
  return sizeOf(source.pipeThrough(new CompressionStream('gzip')))
}

/** @param {string} url */
export async function stream(url) {
  const { body } = await fetch(url, { cache: 'no-store' })
  return body ? sizeOf(body) : 0
}

/** @param {ReadableStream<Uint8Array>} stream */
async function sizeOf(stream) {
  const reader = stream.getReader()
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return size
    size += value.length
  }
}

/** @param {number} size */
function makePieces(size) {
  let seed = 1
  return Array.from({ length: Math.ceil(size / PIECE) }, (_, index) => {
    const piece = new Uint8Array(Math.min(PIECE, size - index * PIECE))
    for (let at = 0; at < piece.length; at += 1) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      piece[at] = at % 2 ? seed >>> 24 : text[at % 1000] ?? 0
    }
    return piece
  })
}
