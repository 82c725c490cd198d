/** AbortController and AbortSignal. https://dom.spec.whatwg.org/#aborting-ongoing-activities */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { abortSignal, defaultReason, registerSignal, signalStateOf } from './abort-state.ts'
import { DOMException } from './dom-exception.ts'
import { defineHandlersOf } from './event-handler.ts'
import { eventTargetsOf } from './event-target.ts'
import { eventOf, trusted } from './event.ts'
import { timersOf } from './timers.ts'
import { defineInterface, perBridge, requireArguments } from './web-idl.ts'

const CONSTRUCTION = Symbol('construction')

export interface AbortClasses {
  readonly AbortSignal: Function
  readonly AbortController: Function
  /** A signal that aborts with the first of `signals`. */
  any(signals: readonly object[]): object
}

export const abortOf: (bridge: Bridge) => AbortClasses = perBridge((bridge) => {
  const timers = timersOf(bridge)
  const Event = eventOf(bridge)
  const { EventTarget, dispatch } = eventTargetsOf(bridge)

  class AbortSignal extends EventTarget {
    constructor(token: unknown = undefined, sources: Set<object> | undefined = undefined) {
      if (token !== CONSTRUCTION) throw new TypeError('Illegal constructor')
      super()
      registerSignal(this, {
        isAborted: false, reason: undefined, algorithms: new Set(), dependents: new Set(), sources,
        fire: () => void dispatch(this, trusted(new Event('abort'))),
      })
    }
    static abort(reason: unknown = undefined): AbortSignal {
      const signal = new AbortSignal(CONSTRUCTION)
      abortSignal(signal, defaultReason(reason))
      return signal
    }
    static timeout(milliseconds: unknown): AbortSignal {
      requireArguments(arguments.length, 1, 'AbortSignal.timeout')
      const delayMs = Number(milliseconds)
      if (!(delayMs > -1 && delayMs <= Number.MAX_SAFE_INTEGER)) throw new TypeError('AbortSignal.timeout: out of range')
      const signal = new AbortSignal(CONSTRUCTION)
      timers.start(() => abortSignal(signal, new DOMException('The operation timed out.', 'TimeoutError')), Math.trunc(delayMs), false)
      return signal
    }
    static any(signals: unknown): AbortSignal {
      requireArguments(arguments.length, 1, 'AbortSignal.any')
      const isObject = (typeof signals === 'object' && signals !== null) || typeof signals === 'function'
      if (!isObject) throw new TypeError('AbortSignal.any: a sequence of signals is required')
      return any([...(signals as Iterable<object>)]) // spreading throws a TypeError where it is not iterable
    }
    get aborted(): boolean {
      return signalStateOf(this).isAborted
    }
    get reason(): unknown {
      return signalStateOf(this).reason
    }
    throwIfAborted(): void {
      const { isAborted, reason } = signalStateOf(this)
      if (isAborted) throw reason
    }
  }

  function any(signals: readonly object[]): AbortSignal {
    const states = signals.map(signalStateOf)
    const aborted = states.find((state) => state.isAborted)
    if (aborted !== undefined) return AbortSignal.abort(aborted.reason)
    const sources = new Set<object>()
    signals.forEach((signal, index) => {
      for (const source of states[index]?.sources ?? [signal]) sources.add(source)
    })
    const dependent = new AbortSignal(CONSTRUCTION, sources)
    for (const source of sources) signalStateOf(source).dependents.add(dependent)
    return dependent
  }

  class AbortController {
    readonly #signal = new AbortSignal(CONSTRUCTION)
    get signal(): AbortSignal {
      return this.#signal
    }
    abort(reason: unknown = undefined): void {
      abortSignal(this.#signal, defaultReason(reason))
    }
  }

  defineHandlersOf(bridge)(AbortSignal.prototype, ['abort'], (signal) => {
    signalStateOf(signal)
    return signal as object // it has a signal's state
  })
  return { AbortSignal: defineInterface(AbortSignal, 'AbortSignal'), AbortController: defineInterface(AbortController, 'AbortController'), any }
})

export const createAbortGlobals: CreateGlobals = (bridge) => {
  const { AbortSignal, AbortController } = abortOf(bridge)
  return { AbortSignal, AbortController }
}
