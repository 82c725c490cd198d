/**
 * `on...` attributes: one listener each, at the place of the assignment that made it active.
 * https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes
 */
import type { Bridge } from '../bridge.ts'
import { eventTargetsOf, type EventTargets } from './event-target.ts'
import { cancel, stateOf } from './event.ts'
import { createSlot } from './slot.ts'
import { perBridge } from './web-idl.ts'

type Listener = ReturnType<EventTargets['addListener']>

interface Handler { handler: object | null; listener: Listener | undefined }

/** Runs a handler; true when its result cancels the event. */
export type Invoke = (handler: Function, target: object, event: object) => boolean

/** Defines an `on...` attribute for each of `types`. `requireTarget` throws when `this` has no such attribute. */
type DefineHandlers = (prototype: object, types: readonly string[], requireTarget: (target: unknown) => object, invoke?: Invoke) => void

export const defineHandlersOf: (bridge: Bridge) => DefineHandlers = perBridge((bridge) => {
  const { addListener, removeListener } = eventTargetsOf(bridge)
  const slots = createSlot<Map<string, Handler>>()

  const slotOf = (target: object, type: string): Handler => {
    const own = slots.get(target) ?? new Map<string, Handler>()
    slots.set(target, own)
    const slot = own.get(type) ?? { handler: null, listener: undefined }
    own.set(type, slot)
    return slot
  }
  const assign = (target: object, type: string, value: unknown, invoke: Invoke): void => {
    const slot = slotOf(target, type)
    slot.handler = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null
    if (slot.handler === null && slot.listener !== undefined) {
      removeListener(target, slot.listener)
      slot.listener = undefined
    } else if (slot.handler !== null) {
      slot.listener ??= addListener(target, type, (event: object) => {
        if (typeof slot.handler === 'function' && invoke(slot.handler, target, event)) cancel(stateOf(event))
      })
    }
  }

  return (prototype, types, requireTarget, invoke = invokeHandler) => {
    for (const type of types) {
      const key = `on${type}`
      const accessor = Object.getOwnPropertyDescriptor({
        get [key](): unknown {
          return slotOf(requireTarget(this), type).handler
        },
        set [key](value: unknown) {
          assign(requireTarget(this), type, value, invoke)
        },
      }, key)
      Object.defineProperty(prototype, key, { ...accessor, enumerable: true, configurable: true })
    }
  }
})

function invokeHandler(handler: Function, target: object, event: object): boolean {
  return Reflect.apply(handler, target, [event]) === false
}
