/** What the page tells of a limit that a worker says its guest has met: its own words, whatever the worker is. */
import { LimitError, type LimitErrorCode } from '../../errors.ts'
import type { LimitName } from '../../manifest/limits.ts'
import type { GuestLimit } from '../../wire/guest-limit.ts'

const TOLD: Readonly<Record<GuestLimit & LimitName, readonly [code: LimitErrorCode, message: string]>> = {
  memoryMib: ['memory-exceeded', 'The extension wanted more memory than it may have.'],
  messageBytes: ['message-too-large', 'The extension made a call with arguments that are too large for one message.'],
  pendingCapabilityCalls: ['queue-full', 'The extension waits for more answers than it may.'],
  logBytesPerSecond: ['rate-limit', 'The extension logs more than it may; lines are lost.'],
  timers: ['too-many-handles', 'The extension wanted more timers than it may have.'],
  handles: ['too-many-handles', 'The extension wanted more objects than it may have.'],
}

export function limitError(limit: GuestLimit): LimitError {
  const [code, message] = TOLD[limit]
  return new LimitError(code, message, { details: { limit } })
}
