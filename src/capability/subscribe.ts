/** One subscription of a guest's: a queue of frames that ends with the guest, its epoch or the permission, whichever is first. */
import { extensionKey } from '../manifest/identity.ts'
import type { Authorization, CapabilityContext } from './capability.ts'
import { FrameQueue } from './frames.ts'
import type { ListenerCount } from './listener-count.ts'

/**
 * Gives the number of the stream, for the reply.
 *
 * @param attach  called once, now: connects the queue to what fills it, and gives what disconnects it
 * @throws {LimitError} too-many-handles; or why it is wanted no more; or what `attach` throws
 */
export function openSubscription(
  context: CapabilityContext, { signal }: Authorization, count: ListenerCount, attach: (queue: FrameQueue) => () => void,
): number {
  signal.throwIfAborted()
  context.signal.throwIfAborted()
  const teardowns = [count.enter(extensionKey(context.identity))]
  const queue = new FrameQueue({ onEnd: () => teardowns.splice(0).forEach((teardown) => teardown()) })
  const revoke = (): void => queue.fail(signal.reason)
  try {
    const detach = attach(queue)
    if (queue.isOver) detach()
    else teardowns.push(detach, () => signal.removeEventListener('abort', revoke))
    signal.addEventListener('abort', revoke)
    return context.sendStream(queue.stream)
  } catch (error) {
    queue.end()
    throw error
  }
}
