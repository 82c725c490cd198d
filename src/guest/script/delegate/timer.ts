/**
 * Keeps time for the guest's timers. At most `limits.timers` at once; all end with the epoch.
 * An interval is a chain of timeouts: a slow callback delays the next tick instead of letting ticks pile up.
 */
import { DelegateError, type Delegate, type DelegateContext } from '../bridge.ts'

type Timeouts = Map<number, ReturnType<typeof setTimeout>>

// Captured now: the worker's lockdown removes what it does not know, and guests that break out must not swap them.
const startTimeout = globalThis.setTimeout.bind(globalThis)
const stopTimeout = globalThis.clearTimeout.bind(globalThis)

const MIN_INTERVAL_MS = 4
const MAX_DELAY_MS = 2 ** 31 - 1

const timeoutsOf = new WeakMap<DelegateContext, Timeouts>()

function openTimeouts(context: DelegateContext): Timeouts {
  const known = timeoutsOf.get(context)
  if (known !== undefined) return known
  const timeouts: Timeouts = new Map()
  timeoutsOf.set(context, timeouts)
  context.onEpochEnd(() => {
    for (const timeout of timeouts.values()) stopTimeout(timeout)
    timeouts.clear()
    timeoutsOf.delete(context)
  })
  return timeouts
}

export const timerDelegate: Delegate = new Map([
  ['timer.start', ([id, delay, repeat], context) => {
    if (typeof id !== 'number' || typeof delay !== 'number') throw new DelegateError('TypeError', 'Not a timer')
    const timeouts = openTimeouts(context)
    if (timeouts.size >= context.limits.timers) {
      throw new DelegateError('LimitError', `At most ${context.limits.timers} timers may run at the same time`, 'too-many-handles', 'timers')
    }
    const delayMs = Math.min(Math.max(delay, repeat === true ? MIN_INTERVAL_MS : 0), MAX_DELAY_MS)
    const tick = (): void => {
      if (repeat !== true) timeouts.delete(id)
      context.emit('timer', id)
      if (repeat === true && timeouts.has(id)) timeouts.set(id, startTimeout(tick, delayMs))
    }
    timeouts.set(id, startTimeout(tick, delayMs))
    return undefined
  }],
  ['timer.stop', ([id], context) => {
    const timeouts = timeoutsOf.get(context)
    if (typeof id !== 'number' || timeouts === undefined) return undefined
    stopTimeout(timeouts.get(id))
    timeouts.delete(id)
    return undefined
  }],
])
