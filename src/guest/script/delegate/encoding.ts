/**
 * TextEncoder and TextDecoder by the worker's own: one native pass, and every label that browsers know.
 * A decoder in the middle of a stream is a handle; everything else is stateless.
 */
import { DelegateError, type BridgeValue, type Delegate } from '../bridge.ts'

// Captured now: the worker's lockdown removes what it does not know.
const Decoder = globalThis.TextDecoder
const encoder = new globalThis.TextEncoder()

/** What an engine keeps for one decoder, roughly. */
const DECODER_BYTES = 256

export const encodingDelegate: Delegate = new Map([
  ['encoding.encode', ([text]): BridgeValue => {
    const bytes = encoder.encode(toText(text))
    const { buffer } = bytes
    return buffer.byteLength === bytes.byteLength ? buffer : buffer.slice(0, bytes.byteLength)
  }],
  /** Name of the encoding that `label` means, or null. */
  ['encoding.name', ([label]): BridgeValue => {
    try {
      return new Decoder(toText(label)).encoding
    } catch {
      return null
    }
  }],
  /** Text of the bytes, or null when they are ill-formed and `fatal`. */
  ['encoding.decode', ([label, fatal, ignoreBom, bytes]): BridgeValue => decode(createDecoder(label, fatal, ignoreBom), bytes, false)],
  ['encoding.open', ([label, fatal, ignoreBom], { handles }): BridgeValue => handles.add(createDecoder(label, fatal, ignoreBom), DECODER_BYTES)],
  ['encoding.write', ([id, bytes, isLast], { handles }): BridgeValue => {
    const decoder = handles.get(id)
    if (!(decoder instanceof Decoder)) throw new DelegateError('TypeError', 'Not a decoder', 'invalid-handle')
    const text = decode(decoder, bytes, isLast !== true)
    if (isLast === true || text === null) handles.remove(id)
    return text
  }],
  ['encoding.close', ([id], { handles }): BridgeValue => {
    handles.remove(id)
    return undefined
  }],
])

function createDecoder(label: BridgeValue, fatal: BridgeValue, ignoreBom: BridgeValue): TextDecoder {
  return new Decoder(toText(label), { fatal: fatal === true, ignoreBOM: ignoreBom === true })
}

function decode(decoder: TextDecoder, bytes: BridgeValue, stream: boolean): string | null {
  if (!(bytes instanceof ArrayBuffer)) throw new DelegateError('TypeError', 'Not bytes')
  try {
    return decoder.decode(bytes, { stream })
  } catch {
    return null
  }
}

function toText(value: BridgeValue): string {
  if (typeof value !== 'string') throw new DelegateError('TypeError', 'Not a string')
  return value
}
