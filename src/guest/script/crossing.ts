/**
 * What crosses between the worker and its QuickJS, agreed on by both sides: this file runs in both. A crossing is one function call with
 * numbers, strings and ArrayBuffers. The C interface ends a string at its first NUL and cannot say a lone surrogate, so such strings
 * cross as JSON.
 */
import type { BridgeValue } from './bridge.ts'

/** First argument of the prelude's dispatch function: what the worker wants. */
export const ENTRY = Object.freeze({
  load: 0,
  call: 1,
  /** An ArrayBuffer that belongs to the payload of the entry after it. */
  buffer: 2,
  resolve: 3,
  reject: 4,
  event: 5,
  reseed: 6,
  /** An exception that nobody caught, to be described and logged. */
  report: 7,
  /** A promise that was rejected without a handler, and the reason. */
  rejection: 8,
  /** What is known only at boot, as JSON (`GuestSettings`). */
  configure: 9,
  /** A promise of an earlier `rejection` that has got its handler. */
  handled: 10,
  /** A request for the default export's `fetch`. */
  fetch: 11,
})

/** What the guest's half asks of the worker's, beside the ops of delegates. Numbers of ops: these first, then the delegates'. */
export const CORE_OPS = Object.freeze([
  'buffer', 'call.return', 'call.throw', 'call.settled', 'load.done', 'load.throw', 'capability',
  'stream.accept', 'stream.read', 'stream.cancel', 'stream.open', 'stream.write', 'stream.end', 'stream.fail', 'log',
  'exhausted', 'stack', 'random.drawn', 'library', 'call.current', 'call.caller', 'message.refused',
] as const)
export type CoreOp = (typeof CORE_OPS)[number]

/** Kinds of a raw call's arguments, `KIND_BITS` each in one number: asking QuickJS for the type of a value costs more than the call. */
export const KIND = Object.freeze({ undefined: 0, null: 1, false: 2, true: 3, number: 4, text: 5, bytes: 6 })
export const KIND_BITS = 3
export const MAX_RAW_ARGUMENTS = 10

/** The host function inside QuickJS. Never throws: an error comes back as a text that begins with `ERROR_MARK`. */
export type RawHost = (op: number, kinds: number, ...args: readonly BridgeValue[]) => BridgeValue

/** What the prelude is made with, before the image is taken, as JSON. */
export interface PreludeConfig {
  readonly ops: readonly string[]
}

/** What each boot says. */
export interface GuestSettings {
  readonly messageBytes: number
}

const JSON_MARK = '\u0001'
export const ERROR_MARK = '\u0002'

const { apply } = Reflect
const { stringify, parse } = JSON
const { includes, charCodeAt, slice } = String.prototype
const isWellFormed: unknown = Reflect.get(String.prototype, 'isWellFormed')

/** The form in which `text` may cross. */
export function codeText(text: string): string {
  const first: number = apply(charCodeAt, text, [0])
  if (first > 2 && !apply(includes, text, ['\0']) && isClean(text)) return text
  return text === '' ? text : JSON_MARK + stringify(text)
}

/** The text whose crossing form is `coded`. */
export function decodeText(coded: string): string {
  if (apply(charCodeAt, coded, [0]) !== 1) return coded
  return String(parse(apply(slice, coded, [1])))
}

function isClean(text: string): boolean {
  if (typeof isWellFormed === 'function') return apply(isWellFormed, text, []) === true
  return !/\p{Surrogate}/u.test(text)
}
