/**
 * The package's main module and calls of its exports. Results are awaited by `await`, which no patch of Promise.prototype.then reaches,
 * encoded here, and go out as text and buffers that the worker does not look into.
 */
import { GuestError, LimitError } from '../../../errors.ts'
import type { FetchServer } from '../global/fetch-server.ts'
import type { Crossing } from './crossing.ts'
import { description, send, sendDescription } from './describe.ts'
import type { GuestCodec } from './guest-codec.ts'

/** `import()` of a module of the worker's that exports the main module's namespace; made outside the bundle, which would rewrite it. */
export type ImportModule = () => Promise<{ readonly namespace: object }>

export interface Exports {
  load(): Promise<void>
  call(id: number, name: string, text: string): void
  /** Hands a request to the default export's `fetch`. */
  fetch(id: number, text: string): void
}

const { apply, ownKeys } = Reflect
const { hasOwn } = Object
const { isArray } = Array
const { indexOf, slice } = String.prototype

/** Own properties of a namespace are the exports and nothing else: it has no prototype. Read at each call: bindings are live. */
function ownValue(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null && hasOwn(owner, name) ? Reflect.get(owner, name) : undefined
}

export function createExports(crossing: Crossing, codec: GuestCodec, importModule: ImportModule, server: FetchServer): Exports {
  let namespace: object | undefined

  const finish = (id: number, value: unknown): void => {
    try {
      const { text, buffers } = codec.encode(value)
      crossing.giveBuffers(buffers)
      crossing.call('call.return', id, text)
    } catch (error) {
      if (!sendRefusal(id, error)) send(crossing, 'call.throw', id, error)
    }
  }

  /** True when `error` is the codec's word on a value; its classes are ours, so no guest error is taken for one. */
  const sendRefusal = (id: number, error: unknown): boolean => {
    if (!(error instanceof GuestError) && !(error instanceof LimitError)) return false
    const { path } = error.details
    sendDescription(crossing, 'call.throw', id, description(error.code, '', error.message, '', '', typeof path === 'string' ? path : ''))
    return true
  }

  const finishLater = async (id: number, result: unknown): Promise<void> => {
    let value: unknown
    try {
      value = await result
    } catch (error) {
      send(crossing, 'call.throw', id, error)
      return
    }
    finish(id, value)
  }

  return {
    async load() {
      try {
        namespace = (await importModule()).namespace
      } catch (error) {
        send(crossing, 'load.throw', 0, error)
        return
      }
      crossing.call('load.done')
    },

    call(id, name, text) {
      const buffers = crossing.takeBuffers()
      let result: unknown
      try {
        const dot: number = apply(indexOf, name, ['.'])
        const owner = dot < 0 ? namespace : ownValue(namespace, apply(slice, name, [0, dot]))
        const callee = ownValue(owner, dot < 0 ? name : apply(slice, name, [dot + 1]))
        if (typeof callee !== 'function') {
          sendDescription(crossing, 'call.throw', id, description('export-missing', '', noFunction(namespace, name)))
          return
        }
        const args = codec.decode({ text, buffers })
        result = apply(callee, dot < 0 ? undefined : owner, isArray(args) ? args : [args])
      } catch (error) {
        send(crossing, 'call.throw', id, error)
        return
      }
      if ((typeof result === 'object' && result !== null) || typeof result === 'function') void finishLater(id, result)
      else finish(id, result)
    },

    fetch(id, text) {
      const buffers = crossing.takeBuffers()
      try {
        const owner: unknown = namespace !== undefined && hasOwn(namespace, 'default') ? Reflect.get(namespace, 'default') : undefined
        const handler: unknown = (typeof owner === 'object' && owner !== null) || typeof owner === 'function' ? Reflect.get(owner, 'fetch') : undefined
        if (typeof handler === 'function') return void finishLater(id, server.serve(id, owner, handler, codec.decode({ text, buffers })))
        sendDescription(crossing, 'call.throw', id, description('export-missing', '', 'The extension has no default export with a function "fetch".'))
      } catch (error) {
        send(crossing, 'call.throw', id, error)
      }
      crossing.call('call.settled', id)
    },
  }
}

const MAX_NAMED = 20

/** A name that is nearly right is the usual reason: show those that there are. */
function noFunction(namespace: object | undefined, name: string): string {
  const names = namespace === undefined ? [] : ownKeys(namespace)
  let known = ''
  let count = 0
  for (let index = 0; index < names.length && count < MAX_NAMED; index++) {
    const key = names[index]
    if (typeof key !== 'string' || namespace === undefined || typeof Reflect.get(namespace, key) !== 'function') continue
    known += `${count++ === 0 ? '' : ', '}${key}`
  }
  return `The extension exports no function "${name}"; ${count === 0 ? 'it exports none' : `its functions: ${known}`}.`
}
