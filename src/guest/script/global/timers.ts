/**
 * setTimeout, setInterval and queueMicrotask. The guest keeps the callbacks and gives the numbers, the worker only keeps time:
 * so a memory reset takes the numbers back with it, and a late tick of an ended epoch finds nothing.
 * https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html
 */
import type { Bridge, CreateGlobals } from '../bridge.ts'
import { perBridge, requireArguments } from './web-idl.ts'

interface Timer {
  readonly run: () => void
  readonly repeat: boolean
  readonly nesting: number
}

export interface Timers {
  /** Calls `run` after `delayMs`. @throws LimitError 'too-many-handles' when the extension has too many timers. */
  start(run: () => void, delayMs: number, repeat: boolean): number
  stop(id: number): void
}

/** From this nesting depth on a timer waits at least `CLAMP_MS`, as in browsers: a self-starting timer must not flood. */
const CLAMP_NESTING = 5
const CLAMP_MS = 4

const { then } = Promise.prototype
const resolved = Promise.resolve()

export const timersOf: (bridge: Bridge) => Timers = perBridge((bridge) => {
  const timers = new Map<number, Timer>()
  const current = { id: 0, nesting: 0 }

  bridge.on('timer', (id) => {
    const timer = timers.get(Number(id))
    if (timer === undefined) return
    if (!timer.repeat) timers.delete(Number(id))
    current.nesting = timer.nesting
    try {
      timer.run()
    } catch (error) {
      bridge.reportError(error)
    } finally {
      current.nesting = 0
    }
  })

  return {
    start(run, delayMs, repeat) {
      const nesting = current.nesting + 1
      const delay = nesting > CLAMP_NESTING ? Math.max(delayMs, CLAMP_MS) : Math.max(delayMs, 0)
      const id = current.id + 1
      bridge.call('timer.start', id, delay, repeat)
      current.id = id
      timers.set(id, { run, repeat, nesting })
      return id
    },
    stop(id) {
      if (timers.delete(id)) bridge.call('timer.stop', id)
    },
  }
})

export const createTimersGlobals: CreateGlobals = (bridge) => {
  const timers = timersOf(bridge)
  const start = (name: string, handler: unknown, delay: unknown, args: readonly unknown[], repeat: boolean): number => {
    if (typeof handler !== 'function') throw new TypeError(`${name}: the handler must be a function, code in strings is not supported`)
    return timers.start(() => void Reflect.apply(handler, globalThis, args), Number(delay) | 0, repeat)
  }
  const stop = (id: unknown): void => timers.stop(Number(id) | 0)
  // Default values instead of optional parameters: `length` counts what WebIDL requires.
  return {
    setTimeout(handler: unknown, delay: unknown = 0, ...args: readonly unknown[]): number {
      requireArguments(arguments.length, 1, 'setTimeout')
      return start('setTimeout', handler, delay, args, false)
    },
    setInterval(handler: unknown, delay: unknown = 0, ...args: readonly unknown[]): number {
      requireArguments(arguments.length, 1, 'setInterval')
      return start('setInterval', handler, delay, args, true)
    },
    clearTimeout(id: unknown = 0): void {
      stop(id)
    },
    clearInterval(id: unknown = 0): void {
      stop(id)
    },
    queueMicrotask(callback: unknown): void {
      if (typeof callback !== 'function') throw new TypeError('queueMicrotask: the callback must be a function')
      Reflect.apply(then, resolved, [() => {
        try {
          Reflect.apply(callback, undefined, [])
        } catch (error) {
          bridge.reportError(error)
        }
      }])
    },
  }
}
