/** EventTarget without a tree: every event is at its target. https://dom.spec.whatwg.org/#interface-eventtarget */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { findSignalState, onAbort } from './abort-state.ts'
import { DOMException } from './dom-exception.ts'
import { Event, stateOf, type EventState } from './event.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

interface Listener {
  readonly type: string
  readonly callback: object
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  isRemoved: boolean
}

type TargetArguments = readonly [type?: unknown, callback?: unknown, options?: unknown]

export interface GuestEventTarget {
  addEventListener(...args: TargetArguments): void
  removeEventListener(...args: TargetArguments): void
  dispatchEvent(...args: readonly [event?: unknown]): boolean
}

/** The class of one bridge: errors of its listeners go to that bridge's log. */
export const eventTargetOf: (bridge: Bridge) => new () => GuestEventTarget = perBridge((bridge) => {
  class EventTarget implements GuestEventTarget {
    readonly #listeners: Listener[] = []

    addEventListener(...args: TargetArguments): void {
      requireArguments(args.length, 2, 'addEventListener')
      const type = toDomString(args[0])
      const callback = toCallback(args[1])
      const { signal, ...options } = toListenerOptions(args[2])
      if (callback === null || findSignalState(signal)?.isAborted === true) return
      if (this.#find(type, callback, options.capture) !== undefined) return
      const listener = { type, callback, ...options, isRemoved: false }
      this.#listeners.push(listener)
      if (signal !== undefined) onAbort(signal, () => this.#remove(listener))
    }

    removeEventListener(...args: TargetArguments): void {
      requireArguments(args.length, 2, 'removeEventListener')
      const callback = toCallback(args[1])
      if (callback !== null) this.#remove(this.#find(toDomString(args[0]), callback, toCapture(args[2])))
    }

    dispatchEvent(...args: readonly [event?: unknown]): boolean {
      requireArguments(args.length, 1, 'dispatchEvent')
      const state = stateOf(args[0])
      if (state.isDispatching) throw new DOMException('The event is already being dispatched', 'InvalidStateError')
      state.isDispatching = true
      state.target = this
      state.currentTarget = this
      if (!state.isStopped) this.#invoke(state, args[0])
      state.isDispatching = false
      state.currentTarget = null
      state.isStopped = false
      state.isStoppedImmediately = false
      return !state.isCanceled
    }

    #invoke(state: EventState, event: unknown): void {
      // Two passes, as at a target in a tree: capturing listeners first.
      const listeners = this.#listeners.filter((listener) => listener.type === state.type)
      for (const capture of [true, false]) {
        if (state.isStopped && !capture) return
        for (const listener of listeners) {
          if (listener.capture !== capture || listener.isRemoved) continue
          if (listener.once) this.#remove(listener)
          state.isInPassiveListener = listener.passive
          try {
            call(listener.callback, this, event)
          } catch (error) {
            bridge.reportError(error)
          }
          state.isInPassiveListener = false
          if (state.isStoppedImmediately) return
        }
      }
    }

    #find(type: string, callback: object, capture: boolean): Listener | undefined {
      return this.#listeners.find((known) => known.type === type && known.callback === callback && known.capture === capture)
    }

    #remove(listener: Listener | undefined): void {
      if (listener === undefined || listener.isRemoved) return
      listener.isRemoved = true
      this.#listeners.splice(this.#listeners.indexOf(listener), 1)
    }
  }
  return defineInterface(EventTarget, 'EventTarget')
})

function call(callback: object, target: object, event: unknown): void {
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
  return typeof options === 'object' && options !== null ? Boolean(Reflect.get(options, 'capture')) : Boolean(options)
}

function toListenerOptions(options: unknown): { capture: boolean; once: boolean; passive: boolean; signal: object | undefined } {
  if ((typeof options !== 'object' && typeof options !== 'function') || options === null) {
    return { capture: Boolean(options), once: false, passive: false, signal: undefined }
  }
  const { capture, once, passive, signal } = toDictionary(options, 'addEventListener')
  if (signal !== undefined && findSignalState(signal) === undefined) throw new TypeError('addEventListener: signal must be an AbortSignal')
  return { capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive), signal: signal as object | undefined }
}

/** Backs an `on…` attribute: one listener, at the place of the first assignment. Anything but an object or function is null. */
export function createHandlerAttribute(target: GuestEventTarget, type: string): { get(): unknown; set(value: unknown): void } {
  const slot: { handler: unknown; isAdded: boolean } = { handler: null, isAdded: false }
  return {
    get: () => slot.handler,
    set: (value) => {
      slot.handler = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null
      if (slot.isAdded || slot.handler === null) return
      slot.isAdded = true
      target.addEventListener(type, (event: unknown) => {
        if (typeof slot.handler === 'function') Reflect.apply(slot.handler, target, [event])
      })
    },
  }
}

export const createEventGlobals: CreateGlobals = (bridge) => ({ Event, EventTarget: eventTargetOf(bridge) })
