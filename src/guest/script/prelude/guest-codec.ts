/**
 * The wire's codec as the guest's half uses it. Values may be nested 100 levels deep, for which the stack that guests get is too small, so
 * the rare deep value is done again on a larger one. (Guests do not get that one: native recursion would overflow the engine's own stack.)
 */
import type { Payload, ValueLimits } from '../../../wire/payload.ts'
import { decodeValue, encodeValue, GUEST_VALUE_LIMITS } from '../../../wire/value.ts'
import type { Crossing } from './crossing.ts'
import { isStackOverflow } from './describe.ts'

export interface GuestCodec {
  /** @throws {LimitError} @throws {GuestError} as `encodeValue` does; and whatever the value's getters throw */
  encode(value: unknown): Payload
  decode(payload: Payload): unknown
  setMessageBytes(bytes: number): void
}

export function createCodec(crossing: Crossing): GuestCodec {
  let limits: ValueLimits = { ...GUEST_VALUE_LIMITS, bytes: 0 }
  const run = <T>(code: () => T): T => {
    try {
      return code()
    } catch (error) {
      if (!isStackOverflow(error)) throw error
    }
    crossing.call('stack', true)
    try {
      return code()
    } finally {
      crossing.call('stack', false)
    }
  }
  return {
    encode: (value) => run(() => encodeValue(value, limits)),
    decode: (payload) => run(() => decodeValue(payload, limits)),
    setMessageBytes(bytes) {
      limits = { ...limits, bytes }
    },
  }
}
