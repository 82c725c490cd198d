/**
 * The classes of the Streams Standard, whole inside the guest, by the maintained ponyfill that follows the reference implementation.
 * https://streams.spec.whatwg.org
 */
import {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
} from 'web-streams-polyfill'
import type { CreateGlobals } from '../bridge.ts'
import { onAbort, signalStateOf } from './abort-state.ts'
import { defineInterface } from './web-idl.ts'

export { ReadableStream, TransformStream, WritableStream }

// What the ponyfill finds in globalThis: AbortController when a WritableStream is made, queueMicrotask at the first use, both ours by then.
// DOMException it looks for when it loads, before ours exists, and uses it only for signals without a reason, which it never sees here.


const CLASSES = {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
}
const { apply } = Reflect
const promiseThen: Function = Promise.prototype.then
const { getReader } = ReadableStream.prototype
const pipeThrough: Function = ReadableStream.prototype.pipeThrough
const pipeTo: Function = ReadableStream.prototype.pipeTo
const readLocked = Object.getOwnPropertyDescriptor(ReadableStream.prototype, 'locked')?.get ?? unreachable

Reflect.deleteProperty(WritableStreamDefaultController.prototype, 'abortReason') // of an older draft
correctPipes()
for (const [name, type] of Object.entries(CLASSES)) defineInterface(type, name)
correctIterator()

export const createStreamsGlobals: CreateGlobals = () => CLASSES

/** Any ReadableStream of the guest's, by the class's own test. */
export function isReadableStream(value: unknown): value is ReadableStream<unknown> {
  try {
    apply(readLocked, value, [])
    return true
  } catch {
    return false
  }
}

export function isLocked(stream: ReadableStream<unknown>): boolean {
  return apply(readLocked, stream, []) === true
}

/** True when somebody has read from `stream` or cancelled it. The standard shows this to other standards only, the ponyfill to nobody. */
export function isDisturbed(stream: ReadableStream<unknown>): boolean {
  return Reflect.get(stream, '_disturbed') === true
}

/** True for `type: 'bytes'`: what its readers get belongs to them alone. */
export function isByteStream(stream: ReadableStream<unknown>): boolean {
  return Reflect.get(stream, '_readableStreamController') instanceof ReadableByteStreamController
}

/** A reader, whatever the guest made of `ReadableStream.prototype`. */
export function openReader(stream: ReadableStream<unknown>): ReadableStreamDefaultReader<unknown> {
  return apply<unknown, [], ReadableStreamDefaultReader<unknown>>(getReader, stream, [])
}

/** The ponyfill takes whatever has `aborted` for a signal, and hears of an abort only after the guest's listeners. */
function correctPipes(): void {
  const methods = {
    pipeThrough(transform: unknown, options?: unknown): unknown {
      return apply(pipeThrough, this, [transform, toPipeOptions(options)])
    },
    pipeTo(destination: unknown, options?: unknown): unknown {
      if (destination === undefined) return Promise.reject(new TypeError('pipeTo: a WritableStream is required'))
      return apply(pipeTo, this, [destination, toPipeOptions(options)])
    },
  }
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
    Object.defineProperty(value, 'length', { value: 1, configurable: true })
    Object.defineProperty(ReadableStream.prototype, key, { value, writable: true, configurable: true })
  }
}

/** StreamPipeOptions, each read when the method reads it: WebIDL says the order, and that the destination is looked at first. */
function toPipeOptions(options: unknown): unknown {
  if ((typeof options !== 'object' || options === null) && typeof options !== 'function') return options
  return {
    get preventAbort(): unknown {
      return Reflect.get(options, 'preventAbort')
    },
    get preventCancel(): unknown {
      return Reflect.get(options, 'preventCancel')
    },
    get preventClose(): unknown {
      return Reflect.get(options, 'preventClose')
    },
    get signal(): unknown {
      const signal: unknown = Reflect.get(options, 'signal')
      return signal === undefined ? undefined : createSignalView(signal)
    },
  }
}

/** As much of `signal` as a pipe needs, with abort algorithms where an EventTarget has listeners. */
function createSignalView(signal: unknown): object {
  const state = signalStateOf(signal)
  let remove = (): void => undefined
  return {
    get aborted() {
      return state.isAborted
    },
    get reason() {
      return state.reason
    },
    addEventListener(_type: string, run: () => void): void {
      remove = onAbort(signal as object, run) // `signalStateOf` throws for what is none
    },
    removeEventListener: () => remove(),
  }
}

/**
 * WebIDL's asynchronous iterator prototype: its tag, and %AsyncIteratorPrototype% above it. QuickJS's `for await` does not wait for what
 * `return` promises when the loop is left by `break` or `throw`: so no step that is over may keep `return` from doing its work at once.
 */
function correctIterator(): void {
  const prototype: object = Object.getPrototypeOf(new ReadableStream().values())
  const next: Function = Reflect.get(prototype, 'next')
  const methods = {
    next(): Promise<unknown> {
      const step: Promise<unknown> = apply(next, this, [])
      const iteration: unknown = Reflect.get(Object(this), '_asyncIteratorImpl')
      const forget = (): void => {
        if (typeof iteration !== 'object' || iteration === null || Reflect.get(iteration, '_ongoingPromise') !== step) return
        Reflect.set(iteration, '_ongoingPromise', undefined)
      }
      apply(promiseThen, step, [forget, forget])
      return step
    },
  }
  Object.defineProperty(prototype, 'next', { value: methods.next, writable: true, enumerable: true, configurable: true })
  Reflect.deleteProperty(prototype, Symbol.asyncIterator)
  Object.setPrototypeOf(prototype, Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)))
  Object.defineProperty(prototype, Symbol.toStringTag, { value: 'ReadableStream AsyncIterator', configurable: true })
}

function unreachable(): never {
  throw new TypeError('There is no such getter')
}
