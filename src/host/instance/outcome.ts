/**
 * How a guest's call ended, as the host's errors. What a guest threw is data in a GuestError; a verdict of the VM (a name that guest code
 * cannot give its errors) becomes the class of whoever must act. A forged verdict only changes what the host is told about that guest.
 */
import { GloveboxError, GuestError, type GuestErrorCode, LimitError, type LimitErrorCode, WireError } from '../../errors.ts'
import type { LimitName } from '../../manifest/limits.ts'
import { cleanText } from '../../util/text.ts'
import { decodeForeignValue } from '../../wire/foreign-value.ts'
import type { ErrorRecord } from '../../wire/payload.ts'
import { DEFAULT_VALUE_LIMITS } from '../../wire/value.ts'

/** ErrorRecord.name of the VM's own verdicts. */
export const VERDICT = 'GloveboxVerdict'

const GUEST_VERDICTS: ReadonlyMap<string, GuestErrorCode> = new Map(
  (['crashed', 'stack-overflow', 'export-missing', 'value-unsupported', 'handle-stale'] as const).map((code) => [code, code]),
)
/** With the limit that was met; a deadline is the caller's, or one of several. */
const LIMIT_VERDICTS: ReadonlyMap<string, readonly [code: LimitErrorCode, limit?: LimitName]> = new Map([
  ['memory-exceeded', ['memory-exceeded', 'memoryMib']],
  ['deadline-exceeded', ['deadline-exceeded']],
  ['turn-exceeded', ['turn-exceeded', 'turnMs']],
  ['message-too-large', ['message-too-large', 'messageBytes']],
  ['too-many-handles', ['too-many-handles', 'handles']],
])

/** Verdicts after which the VM serves nothing more. */
const FATAL: ReadonlySet<string> = new Set(['crashed', 'deadline-exceeded', 'turn-exceeded'])

/** True when the VM died of this: the next call must not meet it. */
export function isFatal(record: ErrorRecord): boolean {
  return record.name === VERDICT && FATAL.has(record.code)
}

/** What a guest says of its failure, without what is secret; apps send errors elsewhere as they do log lines. A verdict's code is ours. */
export function scrubRecord(record: ErrorRecord, scrub: (text: string) => string): ErrorRecord {
  const { name, message, code, stack, path } = record
  const words = name === VERDICT ? {} : { name: scrub(name), code: scrub(code) }
  return { ...record, ...words, message: scrub(message), stack: scrub(stack), ...(path === undefined ? {} : { path: scrub(path) }) }
}

/** A WireError where the record carries a payload that is none: the caller ends the instance. */
export function toHostError(record: ErrorRecord): GloveboxError {
  const message = cleanText(record.message, 8192, { keepsLines: true })
  const guestStack = cleanText(record.stack, 8192, { keepsLines: true })
  if (record.name === VERDICT) {
    const [code, limit] = LIMIT_VERDICTS.get(record.code) ?? []
    if (code) return new LimitError(code, message, limit === undefined ? {} : { details: { limit } })
    const guest = GUEST_VERDICTS.get(record.code) ?? 'crashed'
    return new GuestError(guest, message, { guestStack, ...(record.path === undefined ? {} : { details: { path: cleanText(record.path, 1000) } }) })
  }
  const names = { guestName: cleanText(record.name, 128), guestStack, guestCode: cleanText(record.code, 128) }
  if (record.payload === undefined) return new GuestError('thrown', message, names)
  try {
    return new GuestError('thrown', message, { ...names, payload: decodeForeignValue(record.payload, DEFAULT_VALUE_LIMITS) })
  } catch (error) {
    return error instanceof GloveboxError ? error : new WireError('malformed-message', 'The payload of an error could not be read.', { cause: error })
  }
}
