/** How structuredClone copies each kind of object: told apart by internal slots, not by what a guest can fake. */
import { DOMException, isDomException } from './dom-exception.ts'
import { clonerOf, copyOf, refuse, type CloneMaker, type CloneReader, type CloneSlot } from './clone-node.ts'
import { platformPrototypesOf } from './web-idl.ts'

type ArrayType = new (buffer: ArrayBuffer, offset: number, length?: number) => object

// Internal slots are tested by calling what needs them; a wrong kind throws.
const readTypedName = readGetter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
const iterateKeys = Uint8Array.prototype.keys
const LARGEST_ELEMENT = 8
const readByteLength = readGetter(ArrayBuffer.prototype, 'byteLength')
const TYPED_ARRAYS = new Map<unknown, ArrayType>()
for (const kind of 'Int8 Uint8 Uint8Clamped Int16 Uint16 Int32 Uint32 Float16 Float32 Float64 BigInt64 BigUint64'.split(' ')) {
  const type: unknown = Reflect.get(globalThis, `${kind}Array`)
  if (typeof type === 'function') TYPED_ARRAYS.set(`${kind}Array`, type as unknown as ArrayType) // the intrinsic of that name
}
const ERRORS = new Map<unknown, new (message?: string) => Error>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
)

const KINDS: readonly (readonly [type: Function, create: (value: object, reader: CloneReader) => CloneMaker])[] = [
  [Date, (value) => {
    const time = Date.prototype.getTime.call(value)
    return { make: () => new Date(time) }
  }],
  [Map, (value, reader) => {
    Map.prototype.has.call(value, 0)
    return createMapMaker(value as Map<unknown, unknown>, reader) // `has` throws for what is no Map
  }],
  [Set, (value, reader) => {
    Set.prototype.has.call(value, 0)
    return createSetMaker(value as Set<unknown>, reader) // `has` throws for what is no Set
  }],
  [RegExp, (value) => createRegExpMaker(value as RegExp)],
  [Boolean, (value) => createWrapperMaker(Boolean.prototype.valueOf.call(value))],
  [Number, (value) => createWrapperMaker(Number.prototype.valueOf.call(value))],
  [String, (value) => createWrapperMaker(String.prototype.valueOf.call(value))],
  [BigInt, (value) => createWrapperMaker(BigInt.prototype.valueOf.call(value))],
]

function readGetter(holder: object, key: PropertyKey): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.get ?? (() => undefined)
}

export function cloneMakerOf(value: object, reader: CloneReader): CloneMaker {
  if (Array.isArray(value)) return createArrayMaker(value, reader)
  const type = Object.getPrototypeOf(value) as object | null // what it returns
  if (type === Object.prototype || type === null) return createObjectMaker(value, reader)
  if (ArrayBuffer.isView(value)) return createViewMaker(value, reader)
  if (isDomException(value)) return createDomExceptionMaker(value)
  if (reader.isTransferred(value) && !isArrayBuffer(value)) return { make: () => reader.moved(value) }
  const create = clonerOf(value)
  if (create !== undefined) return { make: create }
  if (platformPrototypesOf(value).length > 0) throw refuse(typeName(value))
  const tag = Object.prototype.toString.call(value)
  if (isArrayBuffer(value)) return createBufferMaker(value, reader)
  // The tag of the error slot itself, not one that an object claims.
  if (tag === '[object Error]' && !(Symbol.toStringTag in value)) return createErrorMaker(value, reader)
  for (const [kind, create] of KINDS) {
    const maker = value instanceof kind ? tryKind(() => create(value, reader)) : undefined
    if (maker !== undefined) return maker
  }
  if (tryKind(() => isOpaque(value, tag)) === true) throw refuse(tag)
  return createObjectMaker(value, reader)
}

function isArrayBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer && tryKind(() => Reflect.apply(readByteLength, value, [])) !== undefined
}

function tryKind<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

function typeName(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** Objects with inner state that no copy could have. */
function isOpaque(value: object, tag: string): boolean {
  return value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef
    || value instanceof FinalizationRegistry || /^\[object (Generator|AsyncGenerator|.* Iterator|Symbol)\]$/.test(tag)
}

function createRegExpMaker(value: RegExp): CloneMaker {
  const [source, flags] = [value.source, value.flags]
  return { make: () => new RegExp(source, flags) }
}

function createWrapperMaker(primitive: unknown): CloneMaker {
  return { make: () => Object(primitive) as object }
}

function createArrayMaker(value: readonly unknown[], reader: CloneReader): CloneMaker {
  return createPropertiesMaker(value, reader, () => new Array(value.length))
}

function createObjectMaker(value: object, reader: CloneReader): CloneMaker {
  return createPropertiesMaker(value, reader, () => ({}))
}

function createPropertiesMaker(value: object, reader: CloneReader, make: () => object): CloneMaker {
  const entries: [key: string, slot: CloneSlot][] = []
  const keys = Object.keys(value)
  let next = 0
  return {
    make,
    read() {
      const key = keys[next++]
      if (key === undefined) return false
      // A getter may have removed it.
      if (Object.hasOwn(value, key)) entries.push([key, reader.slot(Reflect.get(value, key))])
      return true
    },
    fill(copy) {
      for (const [key, slot] of entries) {
        if (key === '__proto__') {
          Object.defineProperty(copy, key, { value: copyOf(slot), writable: true, enumerable: true, configurable: true })
        } else {
          Reflect.set(copy as object, key, copyOf(slot)) // made by this kind's `make`: an object
        }
      }
    },
  }
}

function createMapMaker(value: Map<unknown, unknown>, reader: CloneReader): CloneMaker {
  const list = [...Map.prototype.entries.call(value)].flat() // keys and values by turns
  const slots: CloneSlot[] = []
  return {
    read: () => readNext(list, slots, reader),
    make: () => new Map(),
    fill(copy) {
      if (copy instanceof Map) for (let index = 0; index < slots.length; index += 2) copy.set(copyOf(slots[index]), copyOf(slots[index + 1]))
    },
  }
}

function createSetMaker(value: Set<unknown>, reader: CloneReader): CloneMaker {
  const list = [...Set.prototype.values.call(value)]
  const slots: CloneSlot[] = []
  return {
    read: () => readNext(list, slots, reader),
    make: () => new Set(),
    fill(copy) {
      if (copy instanceof Set) for (const item of slots) copy.add(copyOf(item))
    },
  }
}

function readNext(list: readonly unknown[], slots: CloneSlot[], reader: CloneReader): boolean {
  if (slots.length >= list.length) return false
  slots.push(reader.slot(list[slots.length]))
  return true
}

/** `value` was proven to be an ArrayBuffer. */
function createBufferMaker(value: ArrayBuffer, reader: CloneReader): CloneMaker {
  if (reader.isTransferred(value)) return { make: () => reader.moved(value) }
  if (value.detached) throw refuse('a detached ArrayBuffer')
  const { byteLength } = value
  // Copied now: what is read later may run code that writes into it.
  const copy = value.resizable ? new ArrayBuffer(byteLength, { maxByteLength: value.maxByteLength }) : new ArrayBuffer(byteLength)
  new Uint8Array(copy).set(new Uint8Array(value))
  return { make: () => copy }
}

function createViewMaker(value: ArrayBufferView, reader: CloneReader): CloneMaker {
  if (isOutOfBounds(value)) throw refuse('a view beyond its buffer')
  const { byteOffset, byteLength } = value
  const buffer = reader.slot(value.buffer) // before this view, so that its copy is made first
  const type = TYPED_ARRAYS.get(Reflect.apply(readTypedName, value, []))
  const length = 'length' in value && typeof value.length === 'number' ? value.length : 0
  const isTracking = isLengthTracking(value)
  return {
    make() {
      const copy = copyOf(buffer) as ArrayBuffer // its own node's `make` gave a buffer
      const count = isTracking ? undefined : type === undefined ? byteLength : length
      return new (type ?? DataView)(copy, byteOffset, count)
    },
  }
}

/** Also a view of a detached buffer. Whatever looks at the elements throws then. */
function isOutOfBounds(view: ArrayBufferView): boolean {
  return tryKind(() => (view instanceof DataView ? view.byteLength : Reflect.apply(iterateKeys, view, []))) === undefined
}

/** Whether the view's length follows its buffer's: no property tells, so it is tried. */
function isLengthTracking(view: ArrayBufferView): boolean {
  const { buffer } = view
  if (!(buffer instanceof ArrayBuffer) || !buffer.resizable) return false
  const [before, byteLength] = [view.byteLength, buffer.byteLength]
  buffer.resize(Math.min(byteLength + LARGEST_ELEMENT, buffer.maxByteLength))
  const grew = view.byteLength !== before
  buffer.resize(byteLength)
  return grew
}

function createErrorMaker(value: object, reader: CloneReader): CloneMaker {
  const name: unknown = Reflect.get(value, 'name')
  let isRead = false
  const read = { message: undefined as unknown, stack: undefined as unknown, cause: undefined as CloneSlot }
  return {
    read() {
      if (isRead) return false
      isRead = true
      const message = Object.getOwnPropertyDescriptor(value, 'message')
      read.message = message !== undefined && 'value' in message ? `${message.value as string}` : undefined
      read.stack = Object.getOwnPropertyDescriptor(value, 'stack')?.value
      read.cause = reader.slot(Object.getOwnPropertyDescriptor(value, 'cause')?.value)
      return true
    },
    make: () => new (ERRORS.get(name) ?? Error)(),
    fill(copy) {
      const cause = copyOf(read.cause)
      for (const [key, content] of [['message', read.message], ['stack', read.stack], ['cause', cause]] as const) {
        if (content === undefined || (key === 'stack' && typeof content !== 'string')) continue
        Object.defineProperty(copy, key, { value: content, writable: true, enumerable: false, configurable: true })
      }
    },
  }
}

function createDomExceptionMaker(value: DOMException): CloneMaker {
  const { message, name } = value
  const stack: unknown = Object.getOwnPropertyDescriptor(value, 'stack')?.value
  return {
    make: () => Object.defineProperty(new DOMException(message, name), 'stack', { value: stack, writable: true, configurable: true }) as object,
  }
}
