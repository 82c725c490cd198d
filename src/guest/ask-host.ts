/** For what a worker asks of the page outside its guest's code. */
import { decodeValue, encodeValue } from '../wire/value.ts'
import type { AskHost } from './fs/kept.ts'
import type { ErrorRecord, ValueLimits } from '../wire/payload.ts'
import { CapabilityFailure } from './outward.ts'
import type { Outward } from './script/vm-types.ts'

export function createAsk(out: Pick<Outward, 'capability'>, values: ValueLimits, toError: (record: ErrorRecord) => Error = toFailure): AskHost {
  return async (method, args) => {
    const outcome = await out.capability(method, encodeValue(args, values))
    if (!outcome.ok) throw toError(outcome.error)
    return decodeValue(outcome.value, values)
  }
}

function toFailure({ code, message }: ErrorRecord): CapabilityFailure {
  return new CapabilityFailure(code, message)
}
