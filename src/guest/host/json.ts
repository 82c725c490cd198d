/** JSON that a component gives or takes as text. */
import { callError } from './call-host.ts'

/** @throws {WitError} invalid-argument */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw callError('invalid-argument', 'The value is no JSON.')
  }
}
