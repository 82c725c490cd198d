/**
 * The inner side of AbortSignal, for whoever reacts to one: fetch, event listeners, dependent signals. Guests see the class only.
 * https://dom.spec.whatwg.org/#interface-AbortSignal
 */
import { DOMException } from './dom-exception.ts'

export interface SignalState {
  isAborted: boolean
  reason: unknown
  /** Run once at the abort, before the event, in order. */
  readonly algorithms: Set<() => void>
  /** Signals made by `any` of this one. Held strongly: a dependent lives as long as its source. */
  readonly dependents: Set<object>
  /** For a dependent: the signals that no `any` made. Undefined for a source. */
  readonly sources: Set<object> | undefined
  /** Fires the abort event. */
  readonly fire: () => void
}

const states = new WeakMap<object, SignalState>()

export function registerSignal(signal: object, state: SignalState): void {
  states.set(signal, state)
}

/** Undefined when `signal` is not an AbortSignal. */
export function findSignalState(signal: unknown): SignalState | undefined {
  return typeof signal === 'object' && signal !== null ? states.get(signal) : undefined
}

/** @throws TypeError when `signal` is not an AbortSignal. */
export function signalStateOf(signal: unknown): SignalState {
  const state = findSignalState(signal)
  if (state === undefined) throw new TypeError('An AbortSignal is required')
  return state
}

export function defaultReason(reason: unknown): unknown {
  return reason === undefined ? new DOMException('The operation was aborted.', 'AbortError') : reason
}

/** Aborts once: all dependents have their reason before any code of the guest's runs. */
export function abortSignal(signal: object, reason: unknown): void {
  const state = signalStateOf(signal)
  if (state.isAborted) return
  const aborted = [state, ...[...state.dependents].map(signalStateOf).filter((dependent) => !dependent.isAborted)]
  for (const each of aborted) {
    each.isAborted = true
    each.reason = reason
  }
  for (const each of aborted) {
    const algorithms = [...each.algorithms]
    each.algorithms.clear()
    each.dependents.clear()
    for (const algorithm of algorithms) algorithm()
    each.fire()
  }
}

/** Lets the sources of `signal` forget it: for a dependent that nobody can reach any more, lest a long-lived source gathers them. */
export function releaseSignal(signal: object): void {
  for (const source of signalStateOf(signal).sources ?? []) signalStateOf(source).dependents.delete(signal)
}

/** Runs `algorithm` when `signal` aborts; returns how to take that back. */
export function onAbort(signal: object, algorithm: () => void): () => void {
  const { algorithms } = signalStateOf(signal)
  algorithms.add(algorithm)
  return () => void algorithms.delete(algorithm)
}
