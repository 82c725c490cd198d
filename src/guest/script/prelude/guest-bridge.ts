/** The `Bridge` that globals are made with: requests that the worker answers later, streams, and events. */
import { GuestError, LimitError } from '../../../errors.ts'
import type { Payload } from '../../../wire/payload.ts'
import type { Bridge, BridgeValue, GuestSink, GuestSource } from '../bridge.ts'
import type { Crossing } from './crossing.ts'
import type { GuestCodec } from './guest-codec.ts'
import { makeError } from './make-error.ts'

export interface GuestBridge {
  readonly bridge: Bridge
  /** The worker's answers to a request, and its events. */
  resolve(id: number, value: BridgeValue): void
  reject(id: number, name: string, message: string, code: string): void
  emit(event: string, args: readonly BridgeValue[]): void
}

interface Reply { readonly value: BridgeValue; readonly buffers: readonly ArrayBuffer[] }

interface Request {
  resolve(reply: Reply): void
  reject(error: Error): void
}

const { apply, defineProperty } = Reflect

/** By `await`, which no patch of `then` reaches; apart from what sent the arguments, so that these are not kept until the answer. */
async function valueOf(reply: Promise<Reply>): Promise<BridgeValue> {
  return (await reply).value
}

export function createBridge(crossing: Crossing, codec: GuestCodec, reportError: (error: unknown) => void): GuestBridge {
  // Without a prototype: neither a patched Map nor a setter on Object.prototype gets in between.
  const requests: Record<number, Request> = Object.create(null)
  const listeners: Record<string, (...args: BridgeValue[]) => void> = Object.create(null)
  let lastId = 0

  /** Throws where the op does. */
  const open = (op: string, args: readonly BridgeValue[]): number => {
    const id = ++lastId
    apply(crossing.call, undefined, [op, id, ...args])
    return id
  }
  const request = (op: string, ...args: readonly BridgeValue[]): Promise<Reply> =>
    new Promise((resolve, reject) => {
      requests[open(op, args)] = { resolve, reject }
    })
  const decode = async (reply: Promise<Reply>): Promise<unknown> => {
    const { value, buffers } = await reply
    return codec.decode({ text: String(value), buffers })
  }

  const take = (id: number): Request | undefined => {
    const found = requests[id]
    delete requests[id]
    return found
  }

  const bridge: Bridge = {
    call: crossing.call,
    request: (op, ...args) => valueOf(apply(request, undefined, [op, ...args])),
    capability(method, args) {
      const { text, buffers } = encodeArguments(args, codec, crossing)
      crossing.giveBuffers(buffers)
      const id = open('capability', [method, text])
      const { stack } = new Error()
      return decode(new Promise((resolve, reject) => {
        requests[id] = { resolve, reject: (error) => reject(withStack(error, stack)) }
      }))
    },
    acceptStream: (id) => openSource(crossing, request, id),
    openStream: () => openSink(crossing, request),
    on(event, listener) {
      listeners[event] = listener
    },
    reportError,
  }

  return {
    bridge,
    resolve(id, value) {
      const buffers = crossing.takeBuffers()
      take(id)?.resolve({ value, buffers })
    },
    reject: (id, name, message, code) => take(id)?.reject(makeError(name, message, code)),
    emit(event, args) {
      const listener = listeners[event]
      if (listener === undefined) return
      try {
        apply(listener, undefined, args)
      } catch (error) {
        reportError(error)
      }
    },
  }
}

/** The answer comes when nothing of the guest's runs: what helps its author is the place that asked. */
function withStack(error: Error, stack: string | undefined): Error {
  defineProperty(error, 'stack', { value: stack, writable: true, enumerable: false, configurable: true })
  return error
}

type SendRequest = (op: string, ...args: readonly BridgeValue[]) => Promise<Reply>

function openSource(crossing: Crossing, request: SendRequest, id: number): GuestSource {
  crossing.call('stream.accept', id)
  return {
    async read() {
      const { value } = await request('stream.read', id)
      return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
    },
    cancel: () => void crossing.call('stream.cancel', id),
  }
}

function openSink(crossing: Crossing, request: SendRequest): GuestSink {
  const id = Number(crossing.call('stream.open'))
  return {
    id,
    async write(bytes) {
      await request('stream.write', id, ownBuffer(bytes))
    },
    end: () => void crossing.call('stream.end', id),
    fail: (message) => void crossing.call('stream.fail', id, message),
  }
}

/** The crossing copies: only a view of a part has to be cut out first. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer
  return Uint8Array.from(bytes).buffer
}

/** What the codec refuses is the caller's mistake: an ordinary error of the guest's, with the code. */
function encodeArguments(args: readonly unknown[], codec: GuestCodec, crossing: Crossing): Payload {
  try {
    return codec.encode(args)
  } catch (error) {
    if (error instanceof GuestError) throw makeError('TypeError', error.message, error.code)
    if (!(error instanceof LimitError)) throw error
    crossing.call('message.refused')
    throw makeError('RangeError', error.message, error.code)
  }
}
