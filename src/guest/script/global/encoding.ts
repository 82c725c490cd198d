/** TextEncoder and TextDecoder: short UTF-8 here, everything else by the worker. https://encoding.spec.whatwg.org */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'
import { defineInterface, defineLengths, perBridge, requireArguments, toBuffer, toBytes, toDictionary, toDomString, toUsvString } from './web-idl.ts'

/** Up to this length our loop is faster than crossing (measured in wasm QuickJS). */
const SHORT = 40

export interface Utf8 {
  encode(text: string): Uint8Array<ArrayBuffer>
  /** Lossy, a byte order mark is dropped. */
  decode(bytes: Uint8Array<ArrayBuffer>): string
}

/** UTF-8 both ways for other globals (fetch bodies). */
export const utf8Of: (bridge: Bridge) => Utf8 = perBridge((bridge) => ({
  encode(text) {
    if (text.length <= SHORT) return encodeUtf8(text)
    return new Uint8Array(expectBuffer(bridge.call('encoding.encode', text.toWellFormed())))
  },
  decode(bytes) {
    if (bytes.length > SHORT) return String(bridge.call('encoding.decode', 'utf-8', false, false, toBuffer(bytes)))
    const text = decodeUtf8(bytes)
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  },
}))

export const createEncodingGlobals: CreateGlobals = (bridge) => ({
  TextEncoder: createTextEncoder(bridge),
  TextDecoder: textDecoderOf(bridge),
})

function createTextEncoder(bridge: Bridge): Function {
  const utf8 = utf8Of(bridge)
  class TextEncoder {
    get encoding(): string {
      return 'utf-8'
    }
    encode(input: unknown = undefined): Uint8Array {
      return utf8.encode(input === undefined ? '' : toUsvString(input))
    }
    encodeInto(...args: readonly [source?: unknown, destination?: unknown]): { read: number; written: number } {
      requireArguments(args.length, 2, 'encodeInto')
      const source = toUsvString(args[0])
      const destination = args[1]
      if (!(destination instanceof Uint8Array)) throw new TypeError('encodeInto: a Uint8Array is required')
      // No unit takes less than a byte, so the rest cannot fit; half a pair at the end becomes three bytes, which cannot either.
      const text = source.slice(0, destination.length)
      const bytes = utf8.encode(text)
      let written = bytes.length
      if (written <= destination.length) {
        destination.set(bytes)
        return { read: text.length, written }
      }
      written = destination.length
      while (((bytes[written] ?? 0) & 0xc0) === 0x80) written -= 1
      const fitting = bytes.subarray(0, written)
      destination.set(fitting)
      return { read: countUnits(fitting), written }
    }
  }
  defineLengths(TextEncoder.prototype, { encodeInto: 2 })
  return defineInterface(TextEncoder, 'TextEncoder')
}

/** UTF-16 units that well-formed UTF-8 stands for. */
function countUnits(bytes: Uint8Array): number {
  let units = 0
  for (const byte of bytes) units += byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1
  return units
}

export const textDecoderOf: (bridge: Bridge) => new (label?: unknown, options?: unknown) => TextDecoder = perBridge((bridge) => {
  // A decoder dropped in mid-stream gives its handle back. (The registry's own callback never sees the decoder.)
  const dropped = new FinalizationRegistry<number>((handle) => void bridge.call('encoding.close', handle))

  class TextDecoder {
    readonly #encoding: string
    readonly #fatal: boolean
    readonly #ignoreBom: boolean
    #handle: number | undefined

    constructor(label: unknown = undefined, options: unknown = undefined) {
      const name = label === undefined ? 'utf-8' : bridge.call('encoding.name', toDomString(label))
      if (typeof name !== 'string') throw new RangeError(`TextDecoder: the encoding label '${toDomString(label)}' is not known`)
      const { fatal, ignoreBOM } = toDictionary(options, 'TextDecoder')
      this.#encoding = name
      this.#fatal = Boolean(fatal)
      this.#ignoreBom = Boolean(ignoreBOM)
    }
    get encoding(): string {
      return this.#encoding
    }
    get fatal(): boolean {
      return this.#fatal
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBom
    }
    decode(input: unknown = undefined, options: unknown = undefined): string {
      const bytes = input === undefined ? new Uint8Array() : toBytes(input, 'decode')
      const isStream = Boolean(toDictionary(options, 'decode')['stream'])
      if (this.#handle === undefined && !isStream) return this.#decodeWhole(bytes)
      if (this.#handle === undefined) {
        this.#handle = Number(bridge.call('encoding.open', this.#encoding, this.#fatal, this.#ignoreBom))
        dropped.register(this, this.#handle, this)
      }
      const text = bridge.call('encoding.write', this.#handle, toBuffer(bytes), !isStream)
      if (!isStream || typeof text !== 'string') {
        this.#handle = undefined
        dropped.unregister(this)
      }
      return expectText(text)
    }
    #decodeWhole(bytes: Uint8Array<ArrayBuffer>): string {
      if (this.#encoding !== 'utf-8' || this.#fatal || bytes.length > SHORT) {
        return expectText(bridge.call('encoding.decode', this.#encoding, this.#fatal, this.#ignoreBom, toBuffer(bytes)))
      }
      const text = decodeUtf8(bytes)
      return text.charCodeAt(0) === 0xfeff && !this.#ignoreBom ? text.slice(1) : text
    }
  }
  return defineInterface(TextDecoder, 'TextDecoder')
})

function expectText(text: unknown): string {
  if (typeof text !== 'string') throw new TypeError('The encoded data was not valid')
  return text
}

function expectBuffer(buffer: unknown): ArrayBuffer {
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('No bytes')
  return buffer
}
