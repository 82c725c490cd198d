/** Work of the guest's that must not run before its present job is over: one task an entry, in order, microtasks in between. */
import type { Bridge } from '../bridge.ts'
import { perBridge } from './web-idl.ts'

/** Queues `run` as a task. */
export const queueTaskOf: (bridge: Bridge) => (run: () => void) => void = perBridge((bridge) => {
  const tasks: (() => void)[] = []
  bridge.on('task', () => {
    const run = tasks.shift()
    if (tasks.length > 0) bridge.call('task.request')
    try {
      run?.()
    } catch (error) {
      bridge.reportError(error)
    }
  })
  return (run) => {
    tasks.push(run)
    // Every time, though the worker sends one event at a time: what was asked for before a memory reset never comes.
    bridge.call('task.request')
  }
})
