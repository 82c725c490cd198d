/** Errors on their way out of the VM: what the prelude described, as a verdict or as what the guest threw. */
import type { BridgeValue } from './bridge.ts'
import type { ErrorRecord } from '../../wire/payload.ts'
import { cap, isVerdict, MAX_TEXT, thrown, verdict } from '../verdict.ts'

/**
 * From the prelude's description: verdict ('' when the guest threw), name, message, code, stack, path. QuickJS throws null when there is
 * no room even for its error.
 * @param cleanStack  the stack as its author wants to see it
 */
export function readGuestError(parts: readonly BridgeValue[], isMemoryFull: () => boolean, cleanStack: (stack: string) => string): ErrorRecord {
  const [kind = '', name = '', message = '', code = '', stack = '', path = ''] = parts.map((part) => (typeof part === 'string' ? part : ''))
  const frames = cleanStack(stack)
  if (kind === 'null-thrown' && isMemoryFull()) return verdict('memory-exceeded')
  if (isVerdict(kind)) {
    const record = verdict(kind, message === '' ? undefined : cap(message, MAX_TEXT), frames)
    return path === '' ? record : { ...record, path: cap(path, MAX_TEXT) }
  }
  return thrown({ name, message, code, stack: frames })
}
