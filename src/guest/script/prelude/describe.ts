/**
 * What a guest threw, as texts. The thrown value is hostile: it may be anything, and each of its getters and traps may throw, too.
 * Names of fields, not of classes, are what the page shows; only the engine's own two limits are told apart here.
 */
import type { BridgeValue } from '../bridge.ts'
import type { Crossing } from './crossing.ts'

export interface Description {
  /** '' when the guest threw; else what the engine or the codec found. */
  readonly verdict: string
  readonly name: string
  readonly message: string
  readonly code: string
  readonly stack: string
  readonly path: string
}

const MAX_NAME = 128
const MAX_TEXT = 8192
const MAX_STACK = 16384

const { apply } = Reflect
const { slice } = String.prototype
const toText = String
const EngineError: unknown = Reflect.get(globalThis, 'InternalError')

export function describe(error: unknown): Description {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function'
  if (!isObject) return description(error === null ? 'null-thrown' : '', 'Error', primitiveText(error))
  const message = read(error, 'message', MAX_TEXT)
  const stack = read(error, 'stack', MAX_STACK)
  if (isEngineError(error)) {
    if (message === 'stack overflow') return description('stack-overflow', '', message, '', stack)
    if (message === 'out of memory') return description('memory-exceeded', '', message, '', stack)
  }
  return description('', read(error, 'name', MAX_NAME), message, read(error, 'code', MAX_NAME), stack)
}

export function description(verdict: string, name: string, message: string, code = '', stack = '', path = ''): Description {
  return { verdict, name, message, code, stack, path }
}

/** Sends what was thrown as the end of `op`'s call; false when there was not even memory for that. */
export function send(crossing: Crossing, op: string, id: number, error: unknown): boolean {
  return sendDescription(crossing, op, id, attemptDescribe(error))
}

export function sendDescription(crossing: Crossing, op: string, id: number, described: Description): boolean {
  try {
    const { verdict, name, message, code, stack, path } = described
    const args: BridgeValue[] = [op, id, verdict, name, message, code, stack, path]
    apply(crossing.call, undefined, args)
    return verdict !== 'memory-exceeded'
  } catch {
    crossing.call(op, id, 'memory-exceeded')
    return false
  }
}

function attemptDescribe(error: unknown): Description {
  try {
    return describe(error)
  } catch {
    return description('memory-exceeded', '', '')
  }
}

/** Also JSON.parse's, which is a SyntaxError. */
export function isStackOverflow(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  return (isEngineError(error) || error instanceof SyntaxError) && read(error, 'message', MAX_NAME) === 'stack overflow'
}

function isEngineError(error: unknown): boolean {
  try {
    return typeof EngineError === 'function' && error instanceof EngineError
  } catch {
    return false
  }
}

function read(error: object, key: string, length: number): string {
  try {
    const value: unknown = (error as Readonly<Record<string, unknown>>)[key] // hostile; only a string is taken
    return typeof value === 'string' ? apply(slice, value, [0, length]) : ''
  } catch {
    return ''
  }
}

function primitiveText(value: unknown): string {
  return apply(slice, toText(value), [0, MAX_TEXT])
}
