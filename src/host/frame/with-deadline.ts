/** For steps of starting and of looking in, which must end even when nobody answers. */
import { LaneError } from '../../errors.ts'

/** `promise`, or a LaneError 'worker-failed' with `message` after `ms`. */
export function withDeadline<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LaneError('worker-failed', message)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
