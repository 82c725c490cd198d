/**
 * Values that cross to other extensions and to components are JSON: what is not would change on the way. Keys that are dangerous where
 * somebody copies properties are refused, since the receivers trust the sender less than they should.
 */
import { LimitError } from '../errors.ts'
import { CapabilityError } from './capability.ts'

/**
 * The JSON of a value that came over the wire: fresh, without cycles that have no end. Undefined is null, or no property, as JSON has it.
 *
 * @throws {CapabilityError} invalid-argument @throws {LimitError} message-too-large
 */
export function toJson(what: string, value: unknown, maxChars: number): string {
  requireJson(what, value)
  const text = JSON.stringify(value) ?? 'null'
  if (text.length <= maxChars) return text
  throw new LimitError('message-too-large', `${what} has more than ${maxChars} characters of JSON.`, { details: { maxChars } })
}

const MAX_DEPTH = 100

/** @throws {CapabilityError} invalid-argument */
export function requireJson(what: string, value: unknown, parents: readonly object[] = []): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  const refuse = (problem: string): never => {
    throw new CapabilityError('invalid-argument', `${what} ${problem}.`)
  }
  const isList = Array.isArray(value)
  if (typeof value !== 'object' || !(isList || isPlain(value))) return refuse(`must be JSON: it has ${nameOf(value)}`)
  if (parents.length >= MAX_DEPTH || parents.includes(value)) refuse('is too deep, or contains itself')
  if (!isList && Object.hasOwn(value, '__proto__')) refuse('has the key "__proto__"')
  const within = [...parents, value]
  for (const part of Object.values(value)) requireJson(what, part, within)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? String(value) : `a ${typeof value}`
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? 'bytes' : 'an object that is no plain one'
}
