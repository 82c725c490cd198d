/** Randomness of the worker's: two guests from one memory snapshot must not draw the same numbers. */
import { DelegateError, type Delegate } from '../bridge.ts'

const draw = globalThis.crypto.getRandomValues.bind(globalThis.crypto)

const MAX_BYTES = 65_536

export const cryptoDelegate: Delegate = new Map([
  ['crypto.random', ([length]) => {
    if (typeof length !== 'number' || !(length >= 0 && length <= MAX_BYTES)) throw new DelegateError('RangeError', 'Too many random bytes')
    return draw(new Uint8Array(length)).buffer
  }],
])
