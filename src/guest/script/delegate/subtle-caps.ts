/**
 * What one call of WebCrypto may cost. Native work runs on threads of the browser's, which ending this worker does not stop: what was
 * begun is finished. So each operation is bounded here, and few run at once (subtle-queue.ts). All of them far above honest use.
 */
import { DelegateError } from '../bridge.ts'
import type { KeyFacts } from '../subtle-service.ts'
import { MAX_MESSAGE_BYTES } from '../subtle-table.ts'

/** PBKDF2: iterations times blocks of output. About half a second. */
const MAX_ITERATIONS = 1_000_000
/** A generated RSA key of this size takes seconds; twice as much takes a minute. */
const MAX_MODULUS_BITS = 4096
const EXPONENTS: readonly (readonly number[])[] = [[3], [1, 0, 1]]
/** Any symmetric key, and what deriveBits gives. */
const MAX_DERIVED_BITS = 2 ** 20
/** A key in a container, or one to unwrap: its parsing is the slow part. */
const MAX_KEY_BYTES = 64 * 1024
const HASH_BITS: ReadonlyMap<unknown, number> = new Map([['SHA-1', 160], ['SHA-256', 256], ['SHA-384', 384], ['SHA-512', 512]])
/** Keys that are only bytes. */
const SECRETS: ReadonlySet<unknown> = new Set(['HMAC', 'HKDF', 'PBKDF2'])

type Fields = Readonly<Record<string, unknown>>

export interface Cost {
  readonly method: string
  /** The method's algorithms, in its order. */
  readonly algorithms: readonly Fields[]
  /** Output of deriveBits. */
  readonly bits: number
  /** Of all buffers, and the text beside them. */
  readonly bytes: number
}

/** @throws {DelegateError} OperationError, QuotaExceededError, with the cap */
export function requireAffordable({ method, algorithms, bits, bytes }: Cost): void {
  const [first = {}, second = {}] = algorithms
  if (bytes > MAX_MESSAGE_BYTES + MAX_KEY_BYTES) {
    throw new DelegateError('QuotaExceededError', `${method}: at most ${MAX_MESSAGE_BYTES} bytes at one call`)
  }
  if ((method === 'importKey' && !SECRETS.has(first['name']) || method === 'unwrapKey') && bytes > MAX_KEY_BYTES) {
    throw new DelegateError('QuotaExceededError', `${method}: a key of at most ${MAX_KEY_BYTES} bytes`)
  }
  if (method === 'generateKey') requireModulus(first)
  for (const algorithm of algorithms) requireBits(asNumber(algorithm['length']))
  const output = Math.max(bits, asNumber(second['length']))
  requireBits(output)
  if (first['name'] === 'PBKDF2') requireIterations(first, output)
}

/** Of a key that came in from outside, whose numbers only the engine read. */
export function requireSaneKey({ algorithm }: KeyFacts): void {
  requireModulus(algorithm as Fields) // read by name, each checked
}

function requireModulus(algorithm: Fields): void {
  const { modulusLength, publicExponent } = algorithm
  if (modulusLength === undefined) return
  if (!(asNumber(modulusLength) <= MAX_MODULUS_BITS)) throw new DelegateError('OperationError', `An RSA modulus of at most ${MAX_MODULUS_BITS} bits`)
  const exponent = publicExponent instanceof Uint8Array ? Array.from(publicExponent.slice(publicExponent.findIndex((byte) => byte !== 0))) : []
  if (!EXPONENTS.some((known) => known.join() === exponent.join())) throw new DelegateError('OperationError', 'An RSA public exponent is 3 or 65537')
}

function requireBits(bits: number): void {
  if (bits > MAX_DERIVED_BITS) throw new DelegateError('OperationError', `At most ${MAX_DERIVED_BITS} bits of key or output`)
}

function requireIterations({ iterations, hash }: Fields, output: number): void {
  const name: unknown = typeof hash === 'object' && hash !== null ? Reflect.get(hash, 'name') : undefined
  const hashBits = HASH_BITS.get(name) ?? 1
  const blocks = Math.max(1, Math.ceil(output / hashBits))
  if (!(asNumber(iterations) * blocks <= MAX_ITERATIONS)) {
    throw new DelegateError('OperationError', `PBKDF2: at most ${MAX_ITERATIONS} iterations, all blocks of ${hashBits} bits of output together`)
  }
}

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
