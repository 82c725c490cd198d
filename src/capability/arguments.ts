/** Parses a capability's arguments: a stranger's values in, fresh values of ours out, or an error that says what was expected. */
import { CapabilityError } from './capability.ts'

/** @throws {CapabilityError} invalid-argument, always */
export function refuse(what: string, expected: string, got: unknown): never {
  throw new CapabilityError('invalid-argument', `${what}: expected ${expected}, got ${describe(got)}.`)
}

/** A string of `min` to `max` UTF-16 units. */
export function parseText(what: string, input: unknown, min: number, max: number): string {
  if (typeof input !== 'string' || input.length < min || input.length > max) refuse(what, `a string of ${min} to ${max} characters`, input)
  return input
}

export function parseInteger(what: string, input: unknown, min: number, max: number): number {
  if (typeof input !== 'number' || !Number.isSafeInteger(input) || input < min || input > max) refuse(what, `an integer from ${min} to ${max}`, input)
  return input
}

/** Own enumerable fields in a Map, since the keys are a stranger's. Unknown fields are refused: an option nobody reads is a mistake. */
export function parseFields(what: string, input: unknown, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) refuse(what, 'an object', input)
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const key of fields.keys()) if (!known.includes(key)) refuse(what, `only ${known.join(', ')}`, key)
  return fields
}

/** At most `max` arguments: a capability that grows one later must not find old calls that pass something else there. */
export function parseArguments(method: string, args: readonly unknown[], max: number): void {
  if (args.length > max) throw new CapabilityError('invalid-argument', `${method}: expected at most ${max} arguments, got ${args.length}.`)
}

function describe(input: unknown): string {
  if (typeof input === 'string') return `a string of ${input.length} characters, ${JSON.stringify(input.slice(0, 60))}`
  if (typeof input === 'number' || typeof input === 'boolean' || input === null || input === undefined) return String(input)
  return Array.isArray(input) ? 'an array' : `a value of type ${typeof input}`
}
