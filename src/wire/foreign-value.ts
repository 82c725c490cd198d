/**
 * Values of a stranger's, decoded on the page: their text is weighed before it is parsed, which cannot be stopped. What an honest sender makes
 * within `GUEST_VALUE_LIMITS` is below every bound here.
 */
import { WireError } from '../errors.ts'
import { MAX_KEYS, type Payload, type ValueLimits } from './payload.ts'
import { findExcess } from './text-weight.ts'
import { decodeValue } from './value-decode.ts'
import type { ToHandle } from './value-handle.ts'

/** Shorter texts cost less than 50 ms whatever is in them: most messages are, and are read once only. */
const LIGHT_TEXT = 32 * 2 ** 10
/** A tag adds two levels to its value's; its own key is one more. */
const TEXT_LEVELS = 3

/** As `decodeValue`. @throws {WireError} malformed-message */
export function decodeForeignValue(payload: Payload, limits: ValueLimits, toHandle?: ToHandle): unknown {
  const { length } = payload.text
  const bounds = { nodes: limits.nodes, levels: (limits.depth + 1) * TEXT_LEVELS, keys: MAX_KEYS + 1 }
  const excess = length > LIGHT_TEXT && length <= limits.bytes ? findExcess(payload.text, bounds) : undefined
  if (excess !== undefined) throw new WireError('malformed-message', `The guest's side sent a value with ${excess}.`)
  return decodeValue(payload, limits, toHandle)
}
