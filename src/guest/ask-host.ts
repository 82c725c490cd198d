/** For what a worker asks of the page outside its guest's code. */
import { decodeValue, encodeValue } from '../wire/value.ts'
import type { ValueLimits } from '../wire/payload.ts'
import type { AskHost } from './fs/kept.ts'
import { CapabilityFailure } from './outward.ts'
import type { SessionOutward } from './session-outward.ts'

export function createAsk(out: SessionOutward, values: ValueLimits): AskHost {
  return async (method, args) => {
    const outcome = await out.capability(method, encodeValue(args, values))
    if (!outcome.ok) throw new CapabilityFailure(outcome.error.code, outcome.error.message)
    return decodeValue(outcome.value, values)
  }
}
