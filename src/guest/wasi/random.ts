/** wasi:random 0.2: https://github.com/WebAssembly/WASI/tree/main/proposals/random. All of it is the engine's secure source. */
import type { ImportTable } from './context.ts'
import { ImportTrap } from './wit-error.ts'

/** What one getRandomValues may give. */
const MAX_PIECE = 65_536
/** A call gives all bytes that it was asked for, in this worker's memory. */
const MAX_BYTES = 16 * 2 ** 20

export function createRandom(): ImportTable {
  const randomU64 = (): bigint => {
    const [value = 0n] = crypto.getRandomValues(new BigUint64Array(1))
    return value
  }
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:random/random', { getRandomBytes: randomBytes, getRandomU64: randomU64 }],
    ['wasi:random/insecure', { getInsecureRandomBytes: randomBytes, getInsecureRandomU64: randomU64 }],
    ['wasi:random/insecure-seed', { insecureSeed: () => [randomU64(), randomU64()] }],
  ])
}

function randomBytes(length: bigint): Uint8Array {
  if (length > BigInt(MAX_BYTES)) throw new ImportTrap(`get-random-bytes: more than ${MAX_BYTES} bytes.`)
  const bytes = new Uint8Array(Number(length))
  for (let offset = 0; offset < bytes.length; offset += MAX_PIECE) crypto.getRandomValues(bytes.subarray(offset, offset + MAX_PIECE))
  return bytes
}
