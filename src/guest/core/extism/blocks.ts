/** Values of the app's functions in a plug-in's blocks. */
import { CoreFault } from '../failure.ts'
import { decodeText } from '../guest-memory.ts'
import type { BlockCodec } from '../host-functions.ts'
import { fromJson, toJson } from '../json-text.ts'
import type { KernelMemory } from './kernel-memory.ts'

export function createBlockCodec(memory: KernelMemory): BlockCodec {
  return {
    take(kind, offset) {
      const bytes = memory.read(offset) ?? new Uint8Array()
      if (kind === 'bytes') return bytes
      const text = decodeText(bytes, 'an argument')
      return kind === 'json' ? fromJson(text) : text
    },
    give: (kind, value) => memory.store(toBytes(kind, value)),
  }
}

function toBytes(kind: string, value: unknown): Uint8Array {
  if (kind === 'bytes' && value instanceof Uint8Array) return value
  if (kind === 'json') return new TextEncoder().encode(toJson(value))
  if (typeof value === 'string') return new TextEncoder().encode(value)
  throw new CoreFault('crashed', 'The host answered a call in an unknown form.')
}
