/** A guest's value through a schema of the app's. */
import { CapabilityError } from './capability.ts'
import type { SchemaIssue, StandardSchema } from './standard-schema.ts'

const MAX_ISSUES = 5
const MAX_TEXT = 200

export interface Parsing<T> {
  readonly schema: StandardSchema
  /** For the message: `The event x/y`. */
  readonly what: string
  readonly value: unknown
  /** Makes something fresh of what the schema gave, or throws: that is the app's. */
  readonly take: (output: unknown) => T
}

/**
 * What the schema makes of the value.
 *
 * @param run  runs the app's code
 * @throws {CapabilityError} invalid-argument with the issues; or what `run` makes of the app's mistake
 */
export async function parseWith<T>(run: <R>(work: () => Promise<R>) => Promise<R>, { schema, what, value, take }: Parsing<T>): Promise<T> {
  const verdict = await run(async () => {
    const result = await schema['~standard'].validate(value)
    return result.issues === undefined ? { taken: take(result.value) } : { problem: result.issues.slice(0, MAX_ISSUES).map(describe).join('; ') }
  })
  if (verdict.problem === undefined) return verdict.taken
  throw new CapabilityError('invalid-argument', `${what} does not fit its schema: ${verdict.problem}.`)
}

function describe({ message, path = [] }: SchemaIssue): string {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return `${place === '' ? '' : `${place.slice(0, MAX_TEXT)}: `}${String(message).slice(0, MAX_TEXT)}`
}
