/**
 * The events that carry something.
 * https://dom.spec.whatwg.org/#interface-customevent https://html.spec.whatwg.org/multipage/webappapis.html#errorevent
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { eventOf, initialize, stateOf, type EventClass } from './event.ts'
import { isPort } from './port-state.ts'
import { createSlot } from './slot.ts'
import { defineInterface, perBridge, requireArguments, toDictionary, toDomString, toUsvString } from './web-idl.ts'

export interface EventClasses {
  readonly CustomEvent: EventClass
  readonly ErrorEvent: EventClass
  readonly MessageEvent: EventClass
  readonly ProgressEvent: EventClass
  readonly PromiseRejectionEvent: EventClass
}

/** Members of a dictionary in WebIDL's order, with how each is converted and what it is when absent. */
type Members = readonly (readonly [name: string, convert: (value: unknown) => unknown, initial: unknown])[]

const same = (value: unknown): unknown => value
const toUnsignedLong = (value: unknown): number => Number(value) >>> 0

const CUSTOM: Members = [['detail', same, null]]
const ERROR: Members = [
  ['colno', toUnsignedLong, 0], ['error', same, undefined], ['filename', toUsvString, ''], ['lineno', toUnsignedLong, 0],
  ['message', toDomString, ''],
]
const MESSAGE: Members = [
  ['data', same, null], ['lastEventId', toDomString, ''], ['origin', toUsvString, ''], ['ports', toPorts, Object.freeze([])],
  ['source', toSource, null],
]
const PROGRESS: Members = [['lengthComputable', Boolean, false], ['loaded', toAmount, 0], ['total', toAmount, 0]]
const REJECTION: Members = [['promise', toPromise, undefined], ['reason', same, undefined]]

interface Content { readonly members: Members; readonly values: Record<string, unknown> }

const contents = createSlot<Content>()

function valuesOf(event: object, members: Members): Record<string, unknown> {
  const content = contents.get(event)
  if (content?.members !== members) throw new TypeError('An event of another class is required')
  return content.values
}

function keep(event: object, members: Members, init: unknown, where: string): void {
  const given = toDictionary(init, where)
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, convert, initial] of members) {
    const value = given[name]
    values[name] = value === undefined ? initial : convert(value)
  }
  contents.set(event, { members, values })
}

export const eventClassesOf: (bridge: Bridge) => EventClasses = perBridge((bridge) => {
  const Event = eventOf(bridge)

  class CustomEvent extends Event {
    constructor(type: unknown, init: unknown = undefined) {
      requireArguments(arguments.length, 1, 'CustomEvent')
      super(type, init)
      keep(this, CUSTOM, init, 'CustomEvent')
    }
    initCustomEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false, detail: unknown = null): void {
      requireArguments(arguments.length, 1, 'initCustomEvent')
      const own = valuesOf(this, CUSTOM)
      if (initialize(stateOf(this), toDomString(type), bubbles, cancelable)) own['detail'] = detail
    }
  }

  class ErrorEvent extends Event {
    constructor(type: unknown, init: unknown = undefined) {
      requireArguments(arguments.length, 1, 'ErrorEvent')
      super(type, init)
      keep(this, ERROR, init, 'ErrorEvent')
    }
  }

  class MessageEvent extends Event {
    constructor(type: unknown, init: unknown = undefined) {
      requireArguments(arguments.length, 1, 'MessageEvent')
      super(type, init)
      keep(this, MESSAGE, init, 'MessageEvent')
    }
    initMessageEvent(
      type: unknown, bubbles: unknown = false, cancelable: unknown = false, data: unknown = null, origin: unknown = '', lastEventId: unknown = '',
      source: unknown = null, ports: unknown = [],
    ): void {
      requireArguments(arguments.length, 1, 'initMessageEvent')
      const own = valuesOf(this, MESSAGE)
      const next = { data, origin: toUsvString(origin), lastEventId: toDomString(lastEventId), source: toSource(source), ports: toPorts(ports) }
      if (initialize(stateOf(this), toDomString(type), bubbles, cancelable)) Object.assign(own, next)
    }
  }

  class ProgressEvent extends Event {
    constructor(type: unknown, init: unknown = undefined) {
      requireArguments(arguments.length, 1, 'ProgressEvent')
      super(type, init)
      keep(this, PROGRESS, init, 'ProgressEvent')
    }
  }

  class PromiseRejectionEvent extends Event {
    constructor(type: unknown, init: unknown) {
      requireArguments(arguments.length, 2, 'PromiseRejectionEvent')
      if (toDictionary(init, 'PromiseRejectionEvent')['promise'] === undefined) throw new TypeError('PromiseRejectionEvent: promise is required')
      super(type, init)
      keep(this, REJECTION, init, 'PromiseRejectionEvent')
    }
  }

  const define = (type: EventClass, name: string, members: Members): EventClass => {
    for (const [member] of members) defineReader(type.prototype as object, member, members) // a class's prototype
    return defineInterface(type, name)
  }
  return {
    CustomEvent: define(CustomEvent, 'CustomEvent', CUSTOM), ErrorEvent: define(ErrorEvent, 'ErrorEvent', ERROR),
    MessageEvent: define(MessageEvent, 'MessageEvent', MESSAGE),
    ProgressEvent: define(ProgressEvent, 'ProgressEvent', PROGRESS),
    PromiseRejectionEvent: define(PromiseRejectionEvent, 'PromiseRejectionEvent', REJECTION),
  }
})

function defineReader(prototype: object, member: string, members: Members): void {
  const accessor = Object.getOwnPropertyDescriptor({
    get [member](): unknown {
      return valuesOf(this, members)[member]
    },
  }, member)
  if (accessor !== undefined) Object.defineProperty(prototype, member, accessor)
}

/** WebIDL double. */
function toAmount(value: unknown): number {
  const amount = Number(value)
  if (!Number.isFinite(amount)) throw new TypeError('ProgressEvent: a finite number is required')
  return amount
}

function toPorts(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) throw new TypeError('MessageEvent: ports must be a sequence')
  return Object.freeze([...(value as Iterable<unknown>)].map(toPort)) // spreading throws a TypeError where it is not iterable
}

function toPort(value: unknown): object {
  if (!isPort(value)) throw new TypeError('MessageEvent: a MessagePort is required')
  return value
}

function toSource(value: unknown): object | null {
  return value === null ? null : toPort(value)
}

function toPromise(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new TypeError('PromiseRejectionEvent: promise must be an object')
  return value
}

export const createEventClassGlobals: CreateGlobals = (bridge) => ({ ...eventClassesOf(bridge) })
