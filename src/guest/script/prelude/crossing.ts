/** The guest's end of a crossing: finds the op's number, says the kinds of the arguments, codes texts, turns a returned error into one. */
import type { BridgeValue } from '../bridge.ts'
import { codeText, decodeText, ERROR_MARK, KIND, KIND_BITS, MAX_RAW_ARGUMENTS, type RawHost } from '../crossing.ts'
import { makeError } from './make-error.ts'

export interface Crossing {
  call(op: string, ...args: readonly BridgeValue[]): BridgeValue
  /** An argument of the worker's that is a text. */
  text(value: BridgeValue): string
  /** Any argument of the worker's. */
  value(value: BridgeValue): BridgeValue
  /** Keeps a buffer for the payload that the next entry brings. */
  keep(buffer: BridgeValue): void
  takeBuffers(): ArrayBuffer[]
  /** Sends a payload's buffers ahead of it. */
  giveBuffers(buffers: readonly ArrayBuffer[]): void
}

const { apply, defineProperty } = Reflect
const { charCodeAt, slice } = String.prototype
const { parse } = JSON

export function createCrossing(host: RawHost, ops: readonly string[]): Crossing {
  // Without a prototype and filled now: guest code may patch Map.prototype, and Object.prototype.
  const numbers: Record<string, number> = Object.create(null)
  for (let index = 0; index < ops.length; index++) numbers[ops[index] ?? ''] = index
  const errorMark = ERROR_MARK.charCodeAt(0)
  let kept: ArrayBuffer[] = []

  const call = (op: string, ...args: readonly BridgeValue[]): BridgeValue => {
    const number = numbers[op]
    if (number === undefined) throw new TypeError(`There is no op "${op}"`)
    if (args.length > MAX_RAW_ARGUMENTS) throw new TypeError(`The op "${op}" has too many arguments`)
    const raw: BridgeValue[] = [number, 0]
    let kinds = 0
    for (let index = 0; index < args.length; index++) {
      const arg = args[index]
      const kind = kindOf(arg)
      kinds |= kind << (index * KIND_BITS)
      put(raw, index + 2, kind === KIND.text ? codeText(arg as string) : arg) // its kind is text
    }
    raw[1] = kinds
    const result: BridgeValue = apply(host, undefined, raw)
    if (typeof result !== 'string') return result
    if (apply(charCodeAt, result, [0]) === errorMark) {
      const [name, message, code] = parse(apply(slice, result, [1])) as [string, string, string] // written by the worker's half
      throw makeError(name, message, code)
    }
    return decodeText(result)
  }

  const value = (given: BridgeValue): BridgeValue => (typeof given === 'string' ? decodeText(given) : given)
  return {
    call,
    value,
    text: (given) => (typeof given === 'string' ? decodeText(given) : ''),
    keep(buffer) {
      put(kept, kept.length, buffer as ArrayBuffer) // the worker sends nothing else there
    },
    takeBuffers() {
      const taken = kept
      kept = []
      return taken
    },
    giveBuffers(buffers) {
      for (let index = 0; index < buffers.length; index++) call('buffer', buffers[index])
    },
  }
}

function kindOf(value: BridgeValue): number {
  switch (typeof value) {
    case 'number':
      return KIND.number
    case 'string':
      return KIND.text
    case 'boolean':
      return value ? KIND.true : KIND.false
    case 'undefined':
      return KIND.undefined
    default:
      return value === null ? KIND.null : KIND.bytes
  }
}

/** Assignment to an index would run a setter that guest code put on Array.prototype. */
function put<T>(list: T[], index: number, value: T): void {
  defineProperty(list, index, { value, writable: true, enumerable: true, configurable: true })
}
