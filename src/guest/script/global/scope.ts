/**
 * The global object as an event target: `self`, its `on...` attributes, `reportError`, and where everything ends that nobody caught.
 * What no listener prevents is one line of the log. There is no page to tell: `origin`, `close` and `postMessage` do not exist.
 * https://html.spec.whatwg.org/multipage/webappapis.html#runtime-script-errors
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { describe } from '../prelude/describe.ts'
import { eventClassesOf } from './event-classes.ts'
import { defineHandlersOf } from './event-handler.ts'
import { eventTargetsOf } from './event-target.ts'
import { trusted } from './event.ts'
import { perBridge, requireArguments } from './web-idl.ts'

/** Writes one line for an error that nobody handled. */
export type LogUncaught = (error: unknown, where: 'Uncaught' | 'Uncaught (in promise)') => void

export interface Scope {
  /** What the global object inherits from. */
  readonly prototype: object
  /** An exception that no code of the guest's can catch. */
  report(error: unknown, log: LogUncaught): void
  /** A promise that was rejected, and nobody looked after it until its job was over. */
  reportRejection(promise: unknown, reason: unknown, log: LogUncaught): void
  /** A promise that `reportRejection` told of has got its handler. */
  reportHandled(promise: object, reason: unknown): void
}

export const scopeOf: (bridge: Bridge) => Scope = perBridge((bridge) => {
  const { EventTarget, adopt, dispatch } = eventTargetsOf(bridge)
  const { ErrorEvent, PromiseRejectionEvent } = eventClassesOf(bridge)
  const prototype: object = Object.create(EventTarget.prototype)
  const requireScope = (target: unknown): object => {
    if (target !== undefined && target !== null && target !== globalThis) throw new TypeError('The global object is required')
    return globalThis
  }
  const defineHandlers = defineHandlersOf(bridge)
  adopt(globalThis)
  defineHandlers(prototype, ['error'], requireScope, invokeErrorHandler)
  defineHandlers(prototype, ['unhandledrejection', 'rejectionhandled'], requireScope)

  const reporting = { isActive: false }
  return {
    prototype,
    report(error, log) {
      // An error in an error handler is logged, not reported again.
      if (reporting.isActive) return log(error, 'Uncaught')
      reporting.isActive = true
      try {
        if (dispatch(globalThis, trusted(new ErrorEvent('error', toErrorInit(error))))) log(error, 'Uncaught')
      } finally {
        reporting.isActive = false
      }
    },
    reportRejection(promise, reason, log) {
      const event = new PromiseRejectionEvent('unhandledrejection', { cancelable: true, promise, reason })
      if (dispatch(globalThis, trusted(event))) log(reason, 'Uncaught (in promise)')
    },
    reportHandled(promise, reason) {
      dispatch(globalThis, trusted(new PromiseRejectionEvent('rejectionhandled', { promise, reason })))
    },
  }
})

/** The five-argument form; `true` is the answer that handles the error. */
function invokeErrorHandler(handler: Function, target: object, event: object): boolean {
  if (!('error' in event)) return Reflect.apply(handler, target, [event]) === false
  const { message, filename, lineno, colno, error } = event as Readonly<Record<string, unknown>> // an ErrorEvent's attributes
  return Reflect.apply(handler, target, [message, filename, lineno, colno, error]) === true
}

/** The first frame of the guest's own stack says where. */
function toErrorInit(error: unknown): object {
  const { name, message, stack } = describe(error)
  const [, filename = '', lineno = 0, colno = 0] = /([^\s(]+?):(\d+):(\d+)\)?\s*(?:\n|$)/.exec(stack) ?? []
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function'
  const text = !isObject || name === '' ? message : message === '' ? name : `${name}: ${message}`
  return { cancelable: true, message: `Uncaught ${text}`, filename, lineno, colno, error }
}

export const createScopeGlobals: CreateGlobals = (bridge) => ({
  self: globalThis,
  reportError(error: unknown): void {
    requireArguments(arguments.length, 1, 'reportError')
    bridge.reportError(error)
  },
})
