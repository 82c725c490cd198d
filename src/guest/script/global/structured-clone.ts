/**
 * structuredClone, inside the guest alone. As in the standard everything is read before anything is made: when reading throws, no
 * buffer was detached. Works on a list instead of recursion, because the engine's stack is small. Streams are not transferable here:
 * each could only become a pair of streams that copies chunk by chunk, which the guest can have by `pipeThrough`.
 * https://html.spec.whatwg.org/multipage/structured-data.html
 */
import type { CreateGlobals } from '../bridge.ts'
import { cloneMakerOf } from './clone-kinds.ts'
import { CloneNode, copyOf, refuse, type CloneReader, type CloneSlot } from './clone-node.ts'
import { isPort, movePort, portStateOf, type PortMessage } from './port-state.ts'
import { requireArguments, toDictionary } from './web-idl.ts'

export const createStructuredCloneGlobals: CreateGlobals = () => ({
  structuredClone(value: unknown, options: unknown = undefined): unknown {
    requireArguments(arguments.length, 1, 'structuredClone')
    return clone(value, toObjects(toDictionary(options, 'structuredClone')['transfer'])).data
  },
})

/** The copy and the ports that came with it. @throws DOMException 'DataCloneError' */
export function clone(value: unknown, transferList: readonly object[] = []): PortMessage {
  const transfer = toTransfer(transferList)
  const moved = new Map<object, object>()
  const nodes: CloneNode[] = []
  /** Nodes that are being read, the innermost last: getters run in the order of a walk into the depth. */
  const open: CloneNode[] = []
  const known = new Map<object, CloneNode>()
  const reader: CloneReader = {
    slot(item) {
      if (typeof item === 'function' || typeof item === 'symbol') throw refuse(`a ${typeof item}`)
      if (typeof item !== 'object' || item === null) return item as CloneSlot // every primitive but symbol is a slot
      const seen = known.get(item)
      if (seen !== undefined) return seen
      const node = new CloneNode(cloneMakerOf(item, reader))
      known.set(item, node)
      nodes.push(node)
      open.push(node)
      return node
    },
    isTransferred: (item) => transfer.has(item),
    moved: (item) => moved.get(item),
  }

  try {
    return copy(reader, value, { open, nodes, transfer, moved })
  } finally {
    // The reader holds itself: what it holds besides would stay until the engine's next collection.
    for (const held of [known, moved, transfer]) held.clear()
    nodes.length = 0
  }
}

interface Work {
  readonly open: CloneNode[]
  readonly nodes: readonly CloneNode[]
  readonly transfer: ReadonlySet<object>
  readonly moved: Map<object, object>
}

function copy(reader: CloneReader, value: unknown, { open, nodes, transfer, moved }: Work): PortMessage {
  const root = reader.slot(value)
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    if (node.maker.read?.() !== true) open.pop()
  }
  for (const item of transfer) requireAttached(item)
  for (const item of transfer) moved.set(item, item instanceof ArrayBuffer ? item.transfer() : movePort(item))
  for (const node of nodes) node.copy = node.maker.make()
  for (const node of nodes) node.maker.fill?.(node.copy)
  return { data: copyOf(root), ports: [...moved.values()].filter(isPort) }
}

/** WebIDL sequence<object>; undefined is empty. */
export function toObjects(value: unknown): readonly object[] {
  if (value === undefined) return []
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw new TypeError('transfer must be a sequence')
  const items = [...(value as Iterable<unknown>)] // spreading throws a TypeError where it is not iterable
  for (const item of items) {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) throw new TypeError('transfer must hold objects')
  }
  return items as object[] // looked at above
}

function toTransfer(items: readonly object[]): Set<object> {
  const transfer = new Set<object>()
  for (const item of items) {
    if (!(item instanceof ArrayBuffer) && !isPort(item)) throw refuse('a transferred value that is neither an ArrayBuffer nor a MessagePort')
    if (transfer.has(item)) throw refuse('a value that is transferred twice')
    transfer.add(item)
  }
  return transfer
}

function requireAttached(item: object): void {
  if (item instanceof ArrayBuffer ? item.detached : portStateOf(item) === null) throw refuse('what was transferred before')
}
