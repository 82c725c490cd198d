/**
 * The forms a message on an instance's port can have, and the parser that turns a stranger's `event.data` into one of them, built anew.
 * Calls and replies are Comlink's (only APPLY with one path segment and one RAW argument, only RAW replies); streams and credit are ours.
 */
import { isCount } from '../util/count.ts'
import { MAX_BUFFERS, type ErrorRecord, type Outcome, type Payload } from './payload.ts'

export type Message =
  | { readonly kind: 'request'; readonly id: string; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'reply'; readonly id: string; readonly value: unknown }
  | { readonly kind: 'stream'; readonly stream: number; readonly frame: StreamFrame }
  | { readonly kind: 'credit'; readonly messages: number; readonly bytes: number }

export type StreamFrame =
  | { readonly op: 'chunk'; readonly bytes: ArrayBuffer }
  | { readonly op: 'credit'; readonly credit: number }
  | { readonly op: 'end' }
  | { readonly op: 'error'; readonly error: ErrorRecord }
  | { readonly op: 'cancel' }

const MAX_ID = 64
const MAX_METHOD = 64
const REQUEST_KEYS = new Set(['id', 'type', 'path', 'argumentList'])
const REPLY_KEYS = new Set(['id', 'type', 'value'])
const RAW_KEYS = new Set(['type', 'value'])
const CREDIT_KEYS = new Set(['credit', 'bytes'])
const PAYLOAD_KEYS = new Set(['text', 'buffers'])
const VALUE_OUTCOME_KEYS = new Set(['ok', 'value'])
const ERROR_OUTCOME_KEYS = new Set(['ok', 'error'])
const ERROR_KEYS = new Set(['name', 'message', 'code', 'stack', 'path', 'payload'])
const FRAME_KEYS: Readonly<Record<StreamFrame['op'], ReadonlySet<string>>> = {
  chunk: new Set(['stream', 'op', 'bytes']),
  credit: new Set(['stream', 'op', 'credit']),
  error: new Set(['stream', 'op', 'error']),
  end: new Set(['stream', 'op']),
  cancel: new Set(['stream', 'op']),
}

/** The message, or undefined when `data` has none of the forms. Reads own data properties only. */
export function parseMessage(data: unknown): Message | undefined {
  if (!isRecord(data)) return undefined
  if (Object.hasOwn(data, 'stream')) return parseStream(data)
  if (Object.hasOwn(data, 'credit')) return parseCredit(data)
  const { id, type } = data
  if (typeof id !== 'string' || id.length === 0 || id.length > MAX_ID) return undefined
  if (type === 'RAW') return hasOnly(data, REPLY_KEYS) ? { kind: 'reply', id, value: data['value'] } : undefined
  return type === 'APPLY' ? parseRequest(id, data) : undefined
}

function parseRequest(id: string, data: Readonly<Record<string, unknown>>): Message | undefined {
  const { path, argumentList } = data
  if (!hasOnly(data, REQUEST_KEYS)) return undefined
  if (!Array.isArray(path) || path.length !== 1 || !Array.isArray(argumentList) || argumentList.length !== 1) return undefined
  const method: unknown = path[0]
  const argument: unknown = argumentList[0]
  if (typeof method !== 'string' || method.length > MAX_METHOD || !isRecord(argument) || argument['type'] !== 'RAW') return undefined
  if (!hasOnly(argument, RAW_KEYS)) return undefined
  return { kind: 'request', id, method, argument: argument['value'] }
}

function parseStream(data: Readonly<Record<string, unknown>>): Message | undefined {
  const { stream, op } = data
  if (typeof stream !== 'number' || !Number.isSafeInteger(stream) || stream < 0) return undefined
  const frame = parseFrame(op, data)
  return frame && hasOnly(data, FRAME_KEYS[frame.op]) ? { kind: 'stream', stream, frame } : undefined
}

function parseFrame(op: unknown, data: Readonly<Record<string, unknown>>): StreamFrame | undefined {
  switch (op) {
    case 'chunk': {
      const { bytes } = data
      return isFlatBuffer(bytes) ? { op, bytes } : undefined
    }
    case 'credit': {
      const { credit } = data
      return isCount(credit) ? { op, credit } : undefined
    }
    case 'error': {
      const error = parseErrorRecord(data['error'])
      return error && { op, error }
    }
    case 'end':
    case 'cancel':
      return { op }
    default:
      return undefined
  }
}

function parseCredit(data: Readonly<Record<string, unknown>>): Message | undefined {
  const { credit, bytes } = data
  return isCount(credit) && isCount(bytes) && hasOnly(data, CREDIT_KEYS) ? { kind: 'credit', messages: credit, bytes } : undefined
}

/** A fresh payload, or undefined. Its buffers are plain, attached and of fixed length. */
export function parsePayload(input: unknown): Payload | undefined {
  if (!isRecord(input) || !hasOnly(input, PAYLOAD_KEYS)) return undefined
  const { text, buffers } = input
  if (typeof text !== 'string' || !Array.isArray(buffers) || buffers.length > MAX_BUFFERS) return undefined
  const own: ArrayBuffer[] = []
  for (const buffer of buffers) {
    if (!isFlatBuffer(buffer)) return undefined
    own.push(buffer)
  }
  return { text, buffers: own }
}

/** A fresh outcome, or undefined. */
export function parseOutcome(input: unknown): Outcome | undefined {
  if (!isRecord(input)) return undefined
  if (input['ok'] === true) {
    const value = hasOnly(input, VALUE_OUTCOME_KEYS) ? parsePayload(input['value']) : undefined
    return value && { ok: true, value }
  }
  const error = input['ok'] === false && hasOnly(input, ERROR_OUTCOME_KEYS) ? parseErrorRecord(input['error']) : undefined
  return error && { ok: false, error }
}

/** A fresh record with capped texts, or undefined. */
export function parseErrorRecord(input: unknown): ErrorRecord | undefined {
  if (!isRecord(input) || !hasOnly(input, ERROR_KEYS)) return undefined
  const { name, message, code, stack, path } = input
  const payload = input['payload'] === undefined ? undefined : parsePayload(input['payload'])
  if (input['payload'] !== undefined && payload === undefined) return undefined
  if (typeof name !== 'string' || typeof message !== 'string' || typeof code !== 'string' || typeof stack !== 'string') return undefined
  return {
    name: name.slice(0, 128),
    message: message.slice(0, 8192),
    code: code.slice(0, 128),
    stack: stack.slice(0, 8192),
    ...(typeof path === 'string' ? { path: path.slice(0, 1000) } : {}),
    ...(payload === undefined ? {} : { payload }),
  }
}

/**
 * Characters and bytes of a payload, an error record or an outcome, counted without walking anything deep; both sides count alike.
 * 0 for other forms: those are refused when parsed.
 */
export function sizeOf(value: unknown): number {
  if (!isRecord(value)) return 0
  const body = isRecord(value['value']) ? value['value'] : isRecord(value['error']) ? value['error'] : value
  const { payload } = body
  return sizeOfParts(body) + (isRecord(payload) ? sizeOfParts(payload) : 0)
}

function sizeOfParts({ text, buffers, name, message, code, stack, path }: Readonly<Record<string, unknown>>): number {
  let size = 0
  for (const part of [text, name, message, code, stack, path]) if (typeof part === 'string') size += part.length
  if (Array.isArray(buffers) && buffers.length <= MAX_BUFFERS) {
    for (const buffer of buffers) if (buffer instanceof ArrayBuffer) size += buffer.byteLength
  }
  return size
}

/** A part that nobody reads would be held, and not be counted, as long as the message is worked on. Typed arrays have millions of keys. */
function hasOnly(record: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): boolean {
  return Object.getPrototypeOf(record) === Object.prototype && Object.keys(record).every((key) => known.has(key))
}

/** True for an attached ArrayBuffer of fixed length: a resizable one could change under our feet, a shared one while we read. */
export function isFlatBuffer(value: unknown): value is ArrayBuffer {
  return value instanceof ArrayBuffer && !('resizable' in value && value.resizable === true) && !('detached' in value && value.detached === true)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
