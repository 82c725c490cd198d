/**
 * Values of a stranger's, decoded on the page: their text is weighed before it is parsed, and parsed in pieces, so that what takes too long is given
 * up. What an honest sender makes within `GUEST_VALUE_LIMITS` is below every bound here.
 */
import { WireError } from '../errors.ts'
import { MAX_KEYS, type Payload, type ValueLimits } from './payload.ts'
import { parseInPieces, PIECE_CHARS } from './piecewise-parse.ts'
import { findExcess } from './text-weight.ts'
import { decodeValue } from './value-decode.ts'
import type { ToHandle } from './value-handle.ts'

/** A tag adds two levels to its value's; its own key is one more. */
const TEXT_LEVELS = 3

/** As `decodeValue`. @throws {WireError} malformed-message */
export function decodeForeignValue(payload: Payload, limits: ValueLimits, toHandle?: ToHandle): unknown {
  const { length } = payload.text
  // Most messages are short: they are read once only.
  if (length <= PIECE_CHARS || length > limits.bytes) return decodeValue(payload, limits, { toHandle })
  const excess = findExcess(payload.text, { nodes: limits.nodes, levels: (limits.depth + 1) * TEXT_LEVELS, keys: MAX_KEYS + 1 })
  if (excess !== undefined) throw new WireError('malformed-message', `The guest's side sent a value with ${excess}.`)
  return decodeValue(payload, limits, { toHandle, parse: parseInPieces })
}
