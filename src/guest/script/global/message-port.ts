/**
 * MessageChannel and MessagePort, inside the guest alone: both ends belong to the same extension, none reaches another realm. Messages are
 * cloned when they are posted and delivered as tasks. A `messageerror` never comes, since no realm could fail to read.
 * https://html.spec.whatwg.org/multipage/web-messaging.html#message-channels
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { refuse } from './clone-node.ts'
import { eventClassesOf } from './event-classes.ts'
import { defineHandlersOf } from './event-handler.ts'
import { eventTargetsOf } from './event-target.ts'
import { eventOf, trusted } from './event.ts'
import { isPort, portStateOf, setPortState, type PortMessage, type PortState } from './port-state.ts'
import { clone, toObjects } from './structured-clone.ts'
import { queueTaskOf } from './tasks.ts'
import { defineInterface, perBridge, requireArguments, toDictionary } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')

interface ChannelClasses { readonly MessageChannel: Function; readonly MessagePort: Function }

const channelOf: (bridge: Bridge) => ChannelClasses = perBridge((bridge) => {
  const { EventTarget, dispatch } = eventTargetsOf(bridge)
  const { MessageEvent } = eventClassesOf(bridge)
  const Event = eventOf(bridge)
  const queueTask = queueTaskOf(bridge)

  /** One message of the queue; none when the port went away or stopped since the task was queued. */
  const deliver = (state: PortState): void => {
    const message: PortMessage | undefined = state.isStarted ? state.queue.shift() : undefined
    if (message === undefined || state.face === undefined) return
    dispatch(state.face, trusted(new MessageEvent('message', message)))
    release(state)
  }
  const release = (state: PortState): void => {
    if (state.peer === undefined && state.queue.length === 0) state.face = undefined
  }
  const start = (state: PortState | null): void => {
    if (state === null || state.isStarted) return
    state.isStarted = true
    for (const _message of state.queue) queueTask(() => deliver(state))
  }

  class MessagePort extends EventTarget {
    constructor(token: unknown = undefined) {
      if (token !== CONSTRUCTION) throw new TypeError('Illegal constructor')
      super()
    }
    postMessage(message: unknown, options: unknown = undefined): void {
      const state = portStateOf(this)
      requireArguments(arguments.length, 1, 'postMessage')
      const transfer = toTransferOption(options)
      if (transfer.includes(this)) throw refuse('the port that sends')
      const peer = state?.peer
      // The other end cannot be sent to itself: the message is lost then, as the standard has it.
      const isDoomed = peer?.face !== undefined && transfer.includes(peer.face)
      const cloned = clone(message, transfer)
      if (peer === undefined || isDoomed) return
      peer.queue.push(cloned)
      if (peer.isStarted) queueTask(() => deliver(peer))
    }
    start(): void {
      start(portStateOf(this))
    }
    close(): void {
      const state = portStateOf(this)
      if (state === null) return
      setPortState(this, null)
      state.isStarted = false
      const { peer } = state
      if (peer === undefined) return
      state.peer = undefined
      peer.peer = undefined
      queueTask(() => {
        if (peer.face !== undefined) dispatch(peer.face, trusted(new Event('close')))
        release(peer)
      })
    }
  }
  const requirePort = (port: unknown): object => {
    portStateOf(port)
    return port as object // it has a port's state
  }
  const defineHandlers = defineHandlersOf(bridge)
  defineHandlers(MessagePort.prototype, ['message', 'messageerror', 'close'], requirePort)
  startOnAssignment(MessagePort.prototype, (port) => start(portStateOf(port)))

  const createFace = (state: PortState): object => {
    const port = new MessagePort(CONSTRUCTION)
    setPortState(port, state)
    return port
  }
  const createEnd = (): readonly [face: object, state: PortState] => {
    const face = new MessagePort(CONSTRUCTION)
    const state: PortState = { face, peer: undefined, isStarted: false, queue: [], createFace }
    setPortState(face, state)
    return [face, state]
  }

  class MessageChannel {
    readonly #port1: object
    readonly #port2: object
    constructor() {
      const [[port1, first], [port2, second]] = [createEnd(), createEnd()]
      first.peer = second
      second.peer = first
      this.#port1 = port1
      this.#port2 = port2
    }
    get port1(): object {
      return this.#port1
    }
    get port2(): object {
      return this.#port2
    }
  }
  return { MessageChannel: defineInterface(MessageChannel, 'MessageChannel'), MessagePort: defineInterface(MessagePort, 'MessagePort') }
})

/** Setting `onmessage` starts the port, as `start()` does. */
function startOnAssignment(prototype: object, start: (port: unknown) => void): void {
  const accessor = Object.getOwnPropertyDescriptor(prototype, 'onmessage')
  const set = accessor?.set
  if (set === undefined) return
  const holder = {
    set onmessage(value: unknown) {
      Reflect.apply(set, this, [value])
      start(this)
    },
  }
  Object.defineProperty(prototype, 'onmessage', { ...accessor, ...pickSetter(holder) })
}

function pickSetter(holder: object): PropertyDescriptor {
  const set = Object.getOwnPropertyDescriptor(holder, 'onmessage')?.set
  return set === undefined ? {} : { set }
}

/** `postMessage(message, transfer)` or `postMessage(message, {transfer})`. */
function toTransferOption(options: unknown): readonly object[] {
  const isObject = (typeof options === 'object' && options !== null) || typeof options === 'function'
  const iterate: unknown = isObject ? Reflect.get(options, Symbol.iterator) : undefined
  return toObjects(iterate === undefined || iterate === null ? toDictionary(options, 'postMessage')['transfer'] : options)
}

export const createMessageGlobals: CreateGlobals = (bridge) => ({ ...channelOf(bridge) })
