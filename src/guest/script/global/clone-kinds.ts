/** How structuredClone copies each kind of object: told apart by internal slots, not by what a guest can fake. */
import { DOMException, isDomException } from './dom-exception.ts'
import { copyOf, refuse, type CloneMaker, type CloneReader, type CloneSlot } from './clone-node.ts'
import { platformPrototypesOf } from './web-idl.ts'

type ArrayType = new (buffer: ArrayBuffer, offset: number, length: number) => object

// Internal slots are tested by calling what needs them; a wrong kind throws.
const readTypedName = readGetter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
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
  const type: unknown = Object.getPrototypeOf(value)
  if (type === Object.prototype || type === null) return createObjectMaker(value, reader)
  if (ArrayBuffer.isView(value)) return createViewMaker(value, reader)
  if (isDomException(value)) return createDomExceptionMaker(value)
  if (platformPrototypesOf(value).length > 0) throw refuse('a platform object')
  const tag = Object.prototype.toString.call(value)
  if (isArrayBuffer(value)) return createBufferMaker(value, reader)
  if (value instanceof Error || tag === '[object Error]') return createErrorMaker(value, reader)
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
  return {
    make,
    read() {
      for (const key of Object.keys(value)) {
        // A getter may have removed it.
        if (Object.hasOwn(value, key)) entries.push([key, reader.slot(Reflect.get(value, key))])
      }
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
  const entries: [CloneSlot, CloneSlot][] = []
  return {
    read() {
      for (const [key, item] of [...Map.prototype.entries.call(value)]) entries.push([reader.slot(key), reader.slot(item)])
    },
    make: () => new Map(),
    fill(copy) {
      if (copy instanceof Map) for (const [key, item] of entries) copy.set(copyOf(key), copyOf(item))
    },
  }
}

function createSetMaker(value: Set<unknown>, reader: CloneReader): CloneMaker {
  const items: CloneSlot[] = []
  return {
    read() {
      for (const item of [...Set.prototype.values.call(value)]) items.push(reader.slot(item))
    },
    make: () => new Set(),
    fill(copy) {
      if (copy instanceof Set) for (const item of items) copy.add(copyOf(item))
    },
  }
}

/** `value` was proven to be an ArrayBuffer. */
function createBufferMaker(value: ArrayBuffer, reader: CloneReader): CloneMaker {
  if (value.detached) throw refuse('a detached ArrayBuffer')
  if (reader.isTransferred(value)) return { make: () => value.transfer() }
  const options = value.resizable ? { maxByteLength: value.maxByteLength } : undefined
  return {
    make() {
      const copy = options === undefined ? new ArrayBuffer(value.byteLength) : new ArrayBuffer(value.byteLength, options)
      new Uint8Array(copy).set(new Uint8Array(value))
      return copy
    },
  }
}

function createViewMaker(value: ArrayBufferView, reader: CloneReader): CloneMaker {
  const { byteOffset, byteLength } = value
  const buffer = reader.slot(value.buffer) // before this view, so that its copy is made first
  const type = TYPED_ARRAYS.get(Reflect.apply(readTypedName, value, []))
  const length = 'length' in value && typeof value.length === 'number' ? value.length : 0
  return {
    make() {
      const copy = copyOf(buffer) as ArrayBuffer // its own node's `make` gave a buffer
      return type === undefined ? new DataView(copy, byteOffset, byteLength) : new type(copy, byteOffset, length)
    },
  }
}

function createErrorMaker(value: object, reader: CloneReader): CloneMaker {
  const name: unknown = Reflect.get(value, 'name')
  const read = { message: undefined as unknown, stack: undefined as unknown, cause: undefined as CloneSlot }
  return {
    read() {
      const message = Object.getOwnPropertyDescriptor(value, 'message')
      read.message = message !== undefined && 'value' in message ? `${message.value as string}` : undefined
      read.stack = Object.getOwnPropertyDescriptor(value, 'stack')?.value
      read.cause = reader.slot(Object.getOwnPropertyDescriptor(value, 'cause')?.value)
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
  return { make: () => new DOMException(message, name) }
}
