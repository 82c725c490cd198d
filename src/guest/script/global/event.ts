/**
 * Event, without the parts that need a tree, and CustomEvent. `timeStamp` is `performance.now()`'s clock.
 * https://dom.spec.whatwg.org/#interface-event
 */
import type { Bridge } from '../bridge.ts'
import { createSlot } from './slot.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString } from './web-idl.ts'

/** What dispatching needs to write; guests reach it through the class only. */
export interface EventState {
  type: string
  bubbles: boolean
  cancelable: boolean
  composed: boolean
  target: object | null
  currentTarget: object | null
  isTrusted: boolean
  isDispatching: boolean
  isCanceled: boolean
  isInPassiveListener: boolean
  isStopped: boolean
  isStoppedImmediately: boolean
  readonly timeStamp: number
}

export type EventClass = new (type: unknown, init?: unknown) => { readonly type: string; readonly defaultPrevented: boolean }

const states = createSlot<EventState>()

/** @throws TypeError when `event` is not an Event. */
export function stateOf(event: unknown): EventState {
  const state = typeof event === 'object' && event !== null ? states.get(event) : undefined
  if (state === undefined) throw new TypeError('An Event is required')
  return state
}

/** Marks an event as the platform's own, before it is dispatched. */
export function trusted<T extends object>(event: T): T {
  stateOf(event).isTrusted = true
  return event
}

const AT_TARGET = 2

/** WebIDL's [LegacyUnforgeable]: an own property of every event. */
const IS_TRUSTED: PropertyDescriptor = {
  ...Object.getOwnPropertyDescriptor({
    get isTrusted(): boolean {
      return stateOf(this).isTrusted
    },
  }, 'isTrusted'),
  configurable: false,
}

export const eventOf: (bridge: Bridge) => EventClass = perBridge((bridge) => {
  class Event {
    constructor(type: unknown, init: unknown = undefined) {
      requireArguments(arguments.length, 1, 'Event')
      const name = toDomString(type)
      const { bubbles, cancelable, composed } = toDictionary(init, 'Event')
      states.set(this, {
        type: name, bubbles: Boolean(bubbles), cancelable: Boolean(cancelable), composed: Boolean(composed), target: null, currentTarget: null,
        isTrusted: false, isDispatching: false, isCanceled: false, isInPassiveListener: false, isStopped: false, isStoppedImmediately: false,
        timeStamp: Number(bridge.call('performance.now')),
      })
      Object.defineProperty(this, 'isTrusted', IS_TRUSTED)
    }
    get type(): string {
      return stateOf(this).type
    }
    get target(): object | null {
      return stateOf(this).target
    }
    get srcElement(): object | null {
      return stateOf(this).target
    }
    get currentTarget(): object | null {
      return stateOf(this).currentTarget
    }
    composedPath(): object[] {
      const { currentTarget } = stateOf(this)
      return currentTarget === null ? [] : [currentTarget]
    }
    get eventPhase(): number {
      return stateOf(this).isDispatching ? AT_TARGET : 0
    }
    stopPropagation(): void {
      stateOf(this).isStopped = true
    }
    get cancelBubble(): boolean {
      return stateOf(this).isStopped
    }
    set cancelBubble(value: unknown) {
      if (value) stateOf(this).isStopped = true
    }
    stopImmediatePropagation(): void {
      const state = stateOf(this)
      state.isStopped = true
      state.isStoppedImmediately = true
    }
    get bubbles(): boolean {
      return stateOf(this).bubbles
    }
    get cancelable(): boolean {
      return stateOf(this).cancelable
    }
    get returnValue(): boolean {
      return !stateOf(this).isCanceled
    }
    set returnValue(value: unknown) {
      if (!value) cancel(stateOf(this))
    }
    preventDefault(): void {
      cancel(stateOf(this))
    }
    get defaultPrevented(): boolean {
      return stateOf(this).isCanceled
    }
    get composed(): boolean {
      return stateOf(this).composed
    }
    get timeStamp(): number {
      return stateOf(this).timeStamp
    }
    initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
      requireArguments(arguments.length, 1, 'initEvent')
      initialize(stateOf(this), toDomString(type), bubbles, cancelable)
    }
  }
  return defineInterface(Event, 'Event', ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'])
})

/** The `init...Event` methods do nothing while the event is under way; false then. */
export function initialize(state: EventState, type: string, bubbles: unknown, cancelable: unknown): boolean {
  if (state.isDispatching) return false
  state.type = type
  state.bubbles = Boolean(bubbles)
  state.cancelable = Boolean(cancelable)
  state.isTrusted = false
  state.isCanceled = false
  state.isStopped = false
  state.isStoppedImmediately = false
  state.target = null
  return true
}

export function cancel(state: EventState): void {
  if (state.cancelable && !state.isInPassiveListener) state.isCanceled = true
}
