/**
 * Values of the wire's kinds to and from `Payload`. The same file runs on the page and inside QuickJS (bundled into the prelude).
 * Plain JSON stays plain JSON text; everything else is a tag `{"$": [tag, ...]}`:
 *   u undefined, n NaN, +-Infinity, -0, i bigint, d Date, m Map, s Set, b Uint8Array, a ArrayBuffer, h a handle (number, type),
 *   o an object that has an own key `$`, = first sight of a shared object, @ another sight of it
 * Encoding refuses politely (the sender lives on); decoding trusts nothing (a bad payload means a broken ring).
 */
export { DEFAULT_VALUE_LIMITS, GUEST_VALUE_LIMITS } from './payload.ts'
export { decodeValue } from './value-decode.ts'
export { encodeValue } from './value-encode.ts'
export type { HandleEncoder, ToHandle, WireHandle } from './value-handle.ts'
