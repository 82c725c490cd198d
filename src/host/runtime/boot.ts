/** Boots a worker in a fresh frame, and once more in another when the first stalls: engines leave one hanging now and then. */
import { isGloveboxError } from '../../errors.ts'
import { Instance, type InstanceOptions } from '../instance/instance.ts'
import type { Ring } from '../frame/ring.ts'

/** The second try gets this much more time: it may be the machine that is slow. */
const RETRY_PATIENCE = 3

export interface BootOptions extends InstanceOptions {
  /** For the second try. */
  readonly openRing: () => Promise<Ring>
}

/** The caller owns the instance and its ring; a ring in which nothing boots is disposed. @throws {LaneError} worker-failed, frame-missing */
export async function boot({ openRing, ...options }: BootOptions): Promise<Instance> {
  try {
    return await Instance.boot(options)
  } catch (error) {
    if (options.signal?.aborted) throw error // the ring has another owner by now
    options.ring.dispose()
    if (!isGloveboxError(error, 'worker-failed')) throw error
  }
  const ring = await openRing()
  try {
    return await Instance.boot({ ...options, ring, startTimeoutMs: options.startTimeoutMs * RETRY_PATIENCE })
  } catch (error) {
    ring.dispose()
    throw error
  }
}
