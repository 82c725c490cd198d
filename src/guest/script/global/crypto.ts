/**
 * Randomness and `crypto.subtle` by the worker's own, with caps: PBKDF2 1 000 000 iterations (times blocks of output), RSA moduli of 4096
 * bits and exponents 3 or 65537, 2^20 bits of key or output, 16 MiB a call.
 * https://w3c.github.io/webcrypto/#crypto-interface
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { DOMException } from './dom-exception.ts'
import { createSubtle } from './subtle.ts'
import { defineInterface, requireArguments, toBytes } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')
const QUOTA_BYTES = 65_536
const INTEGER_ARRAYS: readonly Function[] = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array,
]

export const createCryptoGlobals: CreateGlobals = (bridge) => {
  const { SubtleCrypto, CryptoKey, subtle } = createSubtle(bridge)
  class Crypto {
    readonly #subtle = subtle
    constructor(...args: readonly unknown[]) {
      if (args[0] !== CONSTRUCTION) throw new TypeError('Illegal constructor')
    }
    get subtle(): object {
      return this.#subtle
    }
    getRandomValues(array: unknown): unknown {
      void this.#subtle // throws where `this` is no Crypto
      requireArguments(arguments.length, 1, 'getRandomValues')
      const bytes = toBytes(array, 'getRandomValues')
      if (!INTEGER_ARRAYS.some((type) => array instanceof type)) {
        throw new DOMException('getRandomValues: an array of integers is required', 'TypeMismatchError')
      }
      if (bytes.length > QUOTA_BYTES) throw new DOMException(`getRandomValues: at most ${QUOTA_BYTES} bytes`, 'QuotaExceededError')
      bytes.set(randomBytes(bridge, bytes.length))
      return array
    }
    randomUUID(): string {
      void this.#subtle // throws where `this` is no Crypto
      const bytes = randomBytes(bridge, 16)
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    }
  }
  defineInterface(Crypto, 'Crypto')
  return { Crypto, SubtleCrypto, CryptoKey, crypto: new Crypto(CONSTRUCTION) }
}

function randomBytes(bridge: Bridge, length: number): Uint8Array<ArrayBuffer> {
  const buffer = bridge.call('crypto.random', length)
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('No randomness')
  return new Uint8Array(buffer)
}
