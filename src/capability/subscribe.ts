/** One subscription of a guest's: a queue of frames that ends with the guest, its epoch or the permission, whichever is first. */
import type { Authorization, CapabilityContext } from './capability.ts'
import type { FrameQueue } from './frames.ts'
import type { Mailboxes } from './mailbox.ts'

/**
 * Gives the number of the stream, for the reply.
 *
 * @param attach  called once, now: connects the queue to what fills it, and gives what disconnects it
 * @throws {LimitError} too-many-handles; or why it is wanted no more; or what `attach` throws
 */
export function openSubscription(
  context: CapabilityContext, { signal }: Authorization, mailboxes: Mailboxes, attach: (queue: FrameQueue) => () => void,
): number {
  signal.throwIfAborted()
  context.signal.throwIfAborted()
  const teardowns: (() => void)[] = []
  const queue = mailboxes.open(context, () => teardowns.splice(0).forEach((teardown) => teardown()))
  const revoke = (): void => queue.fail(signal.reason)
  try {
    const detach = attach(queue)
    if (queue.isOver) detach()
    else teardowns.push(detach, () => signal.removeEventListener('abort', revoke))
    signal.throwIfAborted() // the app's code may have done what revokes
    signal.addEventListener('abort', revoke)
    return context.sendStream(queue.stream)
  } catch (error) {
    queue.end()
    throw error
  }
}
