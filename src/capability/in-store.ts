/** For what a capability does in a store: the store's failures become the one that a guest is told. */
import { isGloveboxError, PermissionError } from '../errors.ts'
import { CapabilityError } from './capability.ts'

/** @throws {CapabilityError} store-failed; or what `work` threw for the guest, or that the grant has ended, or the box is gone */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (isGloveboxError(cause, 'disposed') || cause instanceof PermissionError || cause instanceof CapabilityError) throw cause
    throw new CapabilityError('store-failed', 'The store failed; what it held is unchanged.', { cause })
  }
}
