/**
 * Lets the guest run again as a task of its own, after what the worker has waiting now. The guest keeps the queue; here at most one event is
 * under way. Faster than a timer of no delay, which browsers clamp to 4 ms when they nest.
 */
import type { Delegate, DelegateContext } from '../bridge.ts'

// Captured now: the worker's lockdown removes what it does not know.
const Channel = globalThis.MessageChannel

const requestsOf = new WeakMap<DelegateContext, () => void>()

function openChannel(context: DelegateContext): () => void {
  const known = requestsOf.get(context)
  if (known !== undefined) return known
  const { port1, port2 } = new Channel()
  let isWaiting = false
  port1.onmessage = () => {
    isWaiting = false
    context.emit('task')
  }
  const request = (): void => {
    if (isWaiting) return
    isWaiting = true
    port2.postMessage(0)
  }
  requestsOf.set(context, request)
  context.onEpochEnd(() => {
    port1.close()
    requestsOf.delete(context)
  })
  return request
}

export const taskDelegate: Delegate = new Map([
  ['task.request', (_args, context) => {
    openChannel(context)()
    return undefined
  }],
])
