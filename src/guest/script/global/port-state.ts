/**
 * The inner side of MessagePort, for whoever passes one on: clones, transfer lists, events. Guests see the class only.
 * https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports
 */
import { createSlot } from './slot.ts'

export interface PortMessage {
  readonly data: unknown
  readonly ports: readonly object[]
}

export interface PortState {
  /** The object that guests hold now; undefined when no message can come any more: the two would hold each other. */
  face: object | undefined
  /** The other end; undefined when either end was closed. */
  peer: PortState | undefined
  isStarted: boolean
  /** Messages that were not delivered; they move with the port. */
  readonly queue: PortMessage[]
  /** A new face for this end, when it is transferred: the old one is of no use any more. */
  readonly createFace: (state: PortState) => object
}

/** Null for a port that was closed or transferred away. */
const states = createSlot<PortState | null>()

export function isPort(value: unknown): value is object {
  return typeof value === 'object' && value !== null && states.has(value)
}

export function portStateOf(port: unknown): PortState | null {
  const state = typeof port === 'object' && port !== null ? states.get(port) : undefined
  if (state === undefined) throw new TypeError('A MessagePort is required')
  return state
}

export function setPortState(port: object, state: PortState | null): void {
  states.set(port, state)
}

/** Transfers a port that is not detached: its end of the channel gets another face. */
export function movePort(port: object): object {
  const state = portStateOf(port)
  if (state === null) throw new TypeError('A MessagePort that is not detached is required')
  states.set(port, null)
  state.isStarted = false
  const face = state.createFace(state)
  state.face = face
  return face
}
