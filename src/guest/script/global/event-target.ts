/**
 * EventTarget without a tree: every event is at its target. Also what stands behind `on...` attributes.
 * https://dom.spec.whatwg.org/#interface-eventtarget https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { findSignalState, onAbort } from './abort-state.ts'
import { DOMException } from './dom-exception.ts'
import { eventOf, stateOf, type EventState } from './event.ts'
import { createSlot } from './slot.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

interface Listener {
  readonly type: string
  readonly callback: object
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  isRemoved: boolean
  forgetSignal: (() => void) | undefined
}

interface GuestEventTarget {
  addEventListener(type: unknown, callback: unknown, options?: unknown): void
  removeEventListener(type: unknown, callback: unknown, options?: unknown): void
  dispatchEvent(event: unknown): boolean
}

export interface EventTargets {
  readonly EventTarget: new () => GuestEventTarget
  /** Makes an event target of an object that the class did not make. */
  adopt(target: object): void
  /** False when a listener canceled the event. */
  dispatch(target: object, event: object): boolean
  addListener(target: object, type: string, callback: object): Listener
  removeListener(target: object, listener: Listener): void
}

/** The classes of one bridge: errors of its listeners are reported there. */
export const eventTargetsOf: (bridge: Bridge) => EventTargets = perBridge((bridge) => {
  const lists = createSlot<Listener[]>()
  /** WebIDL: on the global's own interfaces, no `this` means the global. */
  const listOf = (target: object | undefined): Listener[] => {
    const list = lists.get(target ?? globalThis)
    if (list === undefined) throw new TypeError('An EventTarget is required')
    return list
  }
  const remove = (list: Listener[], listener: Listener | undefined): void => {
    if (listener === undefined || listener.isRemoved) return
    listener.isRemoved = true
    listener.forgetSignal?.()
    list.splice(list.indexOf(listener), 1)
  }

  /** One pass over the listeners that are there now, as at a target in a tree: capturing listeners first. */
  const invoke = (list: Listener[], capture: boolean, state: EventState, event: object): void => {
    if (state.isStopped) return
    for (const listener of list.filter((known) => known.type === state.type && known.capture === capture)) {
      if (listener.isRemoved) continue
      if (listener.once) remove(list, listener)
      state.isInPassiveListener = listener.passive
      try {
        call(listener.callback, state.currentTarget, event)
      } catch (error) {
        bridge.reportError(error)
      }
      state.isInPassiveListener = false
      if (state.isStoppedImmediately) return
    }
  }
  const dispatch = (target: object, event: object): boolean => {
    const list = listOf(target)
    const state = stateOf(event)
    state.isDispatching = true
    state.target = target
    state.currentTarget = target
    invoke(list, true, state, event)
    invoke(list, false, state, event)
    state.isDispatching = false
    state.currentTarget = null
    state.isStopped = false
    state.isStoppedImmediately = false
    return !state.isCanceled
  }

  class EventTarget implements GuestEventTarget {
    constructor() {
      lists.set(this, [])
    }
    addEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
      const list = listOf(this)
      requireArguments(arguments.length, 2, 'addEventListener')
      const name = toDomString(type)
      const listener = toCallback(callback)
      const { signal, ...flags } = toListenerOptions(options)
      if (listener === null || findSignalState(signal)?.isAborted === true) return
      if (find(list, name, listener, flags.capture) !== undefined) return
      const added: Listener = { type: name, callback: listener, ...flags, isRemoved: false, forgetSignal: undefined }
      list.push(added)
      if (signal !== undefined) added.forgetSignal = onAbort(signal, () => remove(list, added))
    }
    removeEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
      const list = listOf(this)
      requireArguments(arguments.length, 2, 'removeEventListener')
      const name = toDomString(type)
      const listener = toCallback(callback)
      const capture = toCapture(options)
      if (listener !== null) remove(list, find(list, name, listener, capture))
    }
    dispatchEvent(event: unknown): boolean {
      listOf(this)
      requireArguments(arguments.length, 1, 'dispatchEvent')
      const state = stateOf(event)
      if (state.isDispatching) throw new DOMException('The event is already being dispatched', 'InvalidStateError')
      state.isTrusted = false
      return dispatch(this ?? globalThis, event as object) // it has an event's state
    }
  }
  return {
    EventTarget: defineInterface(EventTarget, 'EventTarget'),
    adopt: (target) => void lists.set(target, []),
    dispatch,
    addListener(target, type, callback) {
      const listener = { type, callback, capture: false, once: false, passive: false, isRemoved: false, forgetSignal: undefined }
      listOf(target).push(listener)
      return listener
    },
    removeListener: (target, listener) => remove(listOf(target), listener),
  }
})

function find(list: readonly Listener[], type: string, callback: object, capture: boolean): Listener | undefined {
  return list.find((known) => known.type === type && known.callback === callback && known.capture === capture)
}

function call(callback: object, target: object | null, event: unknown): void {
  if (typeof callback === 'function') {
    Reflect.apply(callback, target, [event])
    return
  }
  const handle: unknown = Reflect.get(callback, 'handleEvent')
  if (typeof handle !== 'function') throw new TypeError('The event listener is neither a function nor an object with handleEvent')
  Reflect.apply(handle, callback, [event])
}

function toCallback(value: unknown): object | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'object' || typeof value === 'function') return value
  throw new TypeError('The event listener must be a function or an object')
}

function toCapture(options: unknown): boolean {
  const isDictionary = (typeof options === 'object' && options !== null) || typeof options === 'function'
  return Boolean(isDictionary ? Reflect.get(options, 'capture') : options)
}

function toListenerOptions(options: unknown): { capture: boolean; once: boolean; passive: boolean; signal: object | undefined } {
  if ((typeof options !== 'object' && typeof options !== 'function') || options === null) {
    return { capture: Boolean(options), once: false, passive: false, signal: undefined }
  }
  const { capture, once, passive, signal } = toDictionary(options, 'addEventListener')
  if (signal !== undefined && findSignalState(signal) === undefined) throw new TypeError('addEventListener: signal must be an AbortSignal')
  return { capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive), signal: signal as object | undefined }
}

export const createEventGlobals: CreateGlobals = (bridge) => ({ Event: eventOf(bridge), EventTarget: eventTargetsOf(bridge).EventTarget })
