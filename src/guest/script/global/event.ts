/** Event, without the parts that need a tree. https://dom.spec.whatwg.org/#interface-event */
import { defineInterface, requireArguments, toDictionary, toDomString } from './web-idl.ts'

/** What dispatching needs to write; guests reach it through the class only. */
export interface EventState {
  type: string
  bubbles: boolean
  cancelable: boolean
  composed: boolean
  target: object | null
  currentTarget: object | null
  isDispatching: boolean
  isCanceled: boolean
  isInPassiveListener: boolean
  isStopped: boolean
  isStoppedImmediately: boolean
  readonly timeStamp: number
}

const states = new WeakMap<object, EventState>()

/** @throws TypeError when `event` is not an Event. */
export function stateOf(event: unknown): EventState {
  const state = typeof event === 'object' && event !== null ? states.get(event) : undefined
  if (state === undefined) throw new TypeError('An Event is required')
  return state
}

const AT_TARGET = 2

export class Event {
  constructor(...args: readonly [type?: unknown, init?: unknown]) {
    requireArguments(args.length, 1, 'Event')
    const init = toDictionary(args[1], 'Event')
    states.set(this, {
      type: toDomString(args[0]), bubbles: Boolean(init['bubbles']), cancelable: Boolean(init['cancelable']), composed: Boolean(init['composed']),
      target: null, currentTarget: null, isDispatching: false, isCanceled: false, isInPassiveListener: false, isStopped: false,
      isStoppedImmediately: false, timeStamp: Date.now(),
    })
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
  get isTrusted(): boolean {
    return false
  }
  get timeStamp(): number {
    return stateOf(this).timeStamp
  }
  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    const state = stateOf(this)
    if (state.isDispatching) return
    state.type = toDomString(type)
    state.bubbles = Boolean(bubbles)
    state.cancelable = Boolean(cancelable)
    state.isCanceled = false
    state.isStopped = false
    state.isStoppedImmediately = false
    state.target = null
  }
}
defineInterface(Event, 'Event', ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'])

function cancel(state: EventState): void {
  if (state.cancelable && !state.isInPassiveListener) state.isCanceled = true
}
