/** A guest's value through a schema of the app's. */
import { CapabilityError } from './capability.ts'
import type { SchemaIssue, StandardSchema } from './standard-schema.ts'

const MAX_ISSUES = 5
const MAX_TEXT = 200

/**
 * What the schema makes of `value`; without a schema, the value.
 *
 * @param what  for the message: `The event x/y`
 * @throws {CapabilityError} invalid-argument with the issues; or what the schema throws, which is the app's mistake
 */
export async function parseWith(schema: StandardSchema | undefined, what: string, value: unknown): Promise<unknown> {
  if (schema === undefined) return value
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  throw new CapabilityError('invalid-argument', `${what} does not fit its schema: ${result.issues.slice(0, MAX_ISSUES).map(describe).join('; ')}.`)
}

function describe({ message, path = [] }: SchemaIssue): string {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return `${place === '' ? '' : `${place.slice(0, MAX_TEXT)}: `}${String(message).slice(0, MAX_TEXT)}`
}
