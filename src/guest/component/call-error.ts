/** What a call into the component ended with, as a record for the page; and whether the instance can go on. */
import { GloveboxError } from '../../errors.ts'
import type { ErrorRecord, ValueLimits } from '../../wire/payload.ts'
import { encodeValue } from '../../wire/value.ts'
import { CapabilityFailure } from '../outward.ts'
import { cap, thrown, verdict } from '../verdict.ts'
import { GuestExit, ImportTrap, WitError } from '../wasi/wit-error.ts'

export interface Failure {
  readonly record: ErrorRecord
  /** The instance's memory may be in any state. */
  readonly isFatal: boolean
}

const RECURSION = /call stack|too much recursion/i
/** How all engines name frames of WebAssembly: such an error came out of running code, not out of the conversion of arguments. */
const WASM_FRAME = 'wasm-function'
const NO_TEXT: ErrorRecord = { name: 'Error', message: '', code: '', stack: '' }
const MAX_PAYLOAD_TEXT = 1000

export function describeFailure(error: unknown, values: ValueLimits): Failure {
  // The glue makes errors of its own of those that a function's type has; this one had nowhere to go, and unwound the component.
  if (error instanceof WitError) return { record: verdict('crashed', `An import failed: ${toText(error.payload)}`), isFatal: true }
  if (error instanceof ImportTrap) return { record: verdict(error.code, error.message), isFatal: true }
  if (error instanceof GuestExit) return { record: verdict('crashed', error.message), isFatal: true }
  // Of the worker's own: what a call changed in kept directories could not be stored, and the instance knows more than the store.
  if (error instanceof CapabilityFailure) return { record: thrown({ ...NO_TEXT, message: error.message, code: error.code }), isFatal: true }
  if (error instanceof GloveboxError) return { record: describeOwn(error), isFatal: false }
  if (!(error instanceof Error)) return { record: verdict('crashed', 'The component ended with something that is no error.'), isFatal: true }
  if (Object.hasOwn(error, 'payload')) return { record: describePayload(Reflect.get(error, 'payload'), values), isFatal: false }
  const stack = typeof error.stack === 'string' ? error.stack : ''
  if (RECURSION.test(error.message)) return { record: verdict('stack-overflow', undefined, stack), isFatal: true }
  if (error instanceof WebAssembly.RuntimeError) return { record: verdict('crashed', `The component trapped: ${error.message}`, stack), isFatal: true }
  if (stack.includes(WASM_FRAME)) return { record: verdict('crashed', `An import failed: ${error.message}`, stack), isFatal: true }
  return { record: thrown({ name: error.name, message: error.message, code: '', stack: '' }), isFatal: false }
}

/** Errors of the wire's own (a value that cannot cross, a stale handle) are verdicts of the same code. */
function describeOwn({ code, message, details }: GloveboxError): ErrorRecord {
  const { path } = details
  switch (code) {
    case 'value-unsupported':
    case 'message-too-large':
    case 'handle-stale':
    case 'too-many-handles':
      return { ...verdict(code, message), ...(typeof path === 'string' ? { path } : {}) }
    default:
      return verdict('crashed', message)
  }
}

/** The `err` case of a result. What of it cannot cross (a resource) leaves its words. */
function describePayload(payload: unknown, values: ValueLimits): ErrorRecord {
  const record = thrown({ name: 'ComponentError', message: toText(payload), code: tagOf(payload), stack: '' })
  try {
    return { ...record, payload: encodeValue(payload, values) }
  } catch {
    return record
  }
}

/** The word of an enum, or the case of a variant. */
function tagOf(payload: unknown): string {
  if (typeof payload === 'string') return /^[a-z0-9-]+$/i.test(payload) ? payload : ''
  const tag: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'tag') ?? Reflect.get(payload, 'code') : undefined
  return typeof tag === 'string' ? tag : ''
}

function toText(payload: unknown): string {
  if (payload === undefined) return 'The function gave an error without a value.'
  if (typeof payload === 'string') return payload
  const message: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'message') : undefined
  if (typeof message === 'string') return message
  const text = JSON.stringify(payload, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return cap(text ?? String(payload), MAX_PAYLOAD_TEXT)
}
