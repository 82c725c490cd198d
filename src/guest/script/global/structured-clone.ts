/**
 * structuredClone, inside the guest alone. As in the standard everything is read before anything is made: when reading throws, no
 * buffer was detached. Works on a list instead of recursion, because the engine's stack is small.
 * https://html.spec.whatwg.org/multipage/structured-data.html
 */
import type { CreateGlobals } from '../bridge.ts'
import { cloneMakerOf } from './clone-kinds.ts'
import { CloneNode, copyOf, refuse, type CloneReader, type CloneSlot } from './clone-node.ts'
import { requireArguments, toDictionary } from './web-idl.ts'

export const createStructuredCloneGlobals: CreateGlobals = () => ({
  structuredClone(...args: readonly [value?: unknown, options?: unknown]): unknown {
    requireArguments(args.length, 1, 'structuredClone')
    const transfer = toTransfer(toDictionary(args[1], 'structuredClone')['transfer'])
    const nodes: CloneNode[] = []
    const known = new Map<object, CloneNode>()
    const reader: CloneReader = {
      slot(value) {
        if (typeof value === 'function' || typeof value === 'symbol') throw refuse(`a ${typeof value}`)
        if (typeof value !== 'object' || value === null) return value as CloneSlot // every primitive but symbol is a slot
        const seen = known.get(value)
        if (seen !== undefined) return seen
        const node = new CloneNode(value, cloneMakerOf(value, reader))
        known.set(value, node)
        nodes.push(node)
        return node
      },
      isTransferred: (buffer) => buffer instanceof ArrayBuffer && transfer.has(buffer),
    }

    const root = reader.slot(args[0])
    // Grows while it is read.
    for (const node of nodes) node.maker.read?.()
    for (const buffer of transfer) {
      if (buffer.detached) throw refuse('a detached ArrayBuffer')
    }
    for (const node of nodes) node.copy = node.maker.make()
    for (const buffer of transfer) {
      if (!buffer.detached) buffer.transfer()
    }
    for (const node of nodes) node.maker.fill?.(node.copy)
    return copyOf(root)
  },
})

function toTransfer(value: unknown): Set<ArrayBuffer> {
  const buffers = new Set<ArrayBuffer>()
  if (value === undefined) return buffers
  if (typeof value !== 'object' || value === null) throw new TypeError('structuredClone: transfer must be a sequence')
  // Iterating throws a TypeError where it is not iterable.
  for (const buffer of value as Iterable<unknown>) {
    if (!(buffer instanceof ArrayBuffer) || buffers.has(buffer)) throw refuse('a transferred value that is no ArrayBuffer or comes twice')
    buffers.add(buffer)
  }
  return buffers
}
