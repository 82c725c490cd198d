/** JSON that a component gives or takes as text. */
import { callError } from './call-host.ts'

/** @throws {WitError} invalid-argument */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw callError('invalid-argument', 'The value is no JSON.')
  }
}

/** What is no JSON, an app must not answer here. @throws {WitError} internal */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    throw callError('internal', 'The answer is no JSON.')
  }
}
