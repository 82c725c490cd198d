/**
 * One capability call of a guest, from payload to outcome: decode, run the method with the extension's own context, encode. Only what is
 * meant for guests crosses back: the codes and messages of errors made for them; everything else becomes `internal` without text.
 */
import { AppAnswer } from '../../capability/app-code.ts'
import { type Capability, type CapabilityContext, CapabilityError, type CapabilityMethod } from '../../capability/capability.ts'
import { GloveboxError, isGloveboxError, LimitError, PermissionError, WireError } from '../../errors.ts'
import type { Provenance } from '../../capability/provenance.ts'
import type { Meter } from '../../limit/meter.ts'
import type { ExtensionIdentity, Installation } from '../../manifest/identity.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { PermissionName } from '../../manifest/permission.ts'
import type { Authorization, ScopeUse } from '../../manifest/authorization.ts'
import type { AuditUse } from '../../telemetry/audit-row.ts'
import type { Operation } from '../../telemetry/telemetry.ts'
import type { ErrorRecord, Outcome, Payload, ValueLimits } from '../../wire/payload.ts'
import { decodeForeignValue } from '../../wire/foreign-value.ts'
import { sizeOf } from '../../wire/message.ts'
import { encodeValue } from '../../wire/value.ts'
import { valueLimits } from '../call/value-limits.ts'
import { pump, toReadable } from '../call/byte-stream.ts'
import { CapabilityRecord, type OwnEvent } from './capability-record.ts'
import type { Conversation } from '../frame/conversation.ts'

/** All capability methods of a box by wire name. Two capabilities with one name would be a bug of ours. */
export function methodTable(capabilities: readonly Capability[]): ReadonlyMap<string, CapabilityMethod> {
  return new Map(capabilities.flatMap((capability) => [...capability.methods]))
}

/** What a call may use; made for one extension. */
export interface CallerContext {
  readonly identity: ExtensionIdentity
  readonly installation: Installation
  readonly limits: Limits
  /** All that it may use while it serves other extensions; undefined where it serves the app. */
  readonly onBehalf?: ReadonlySet<PermissionName> | undefined
  readonly provenance: Provenance
  readonly meter: Meter
  /** Directories that it has loaded stay in its instances' memory: it does not ask anew at each use. */
  readonly keepsFiles: boolean
  /** `call`: which of its calls asks. */
  authorize(permission: PermissionName, use: ScopeUse, options: { readonly signal: AbortSignal; readonly call: object }): Promise<Authorization>
  /** The guest is refused something. Resolves when that is recorded, once for each error; never rejects. */
  onDenial(error: PermissionError, uses: readonly AuditUse[]): Promise<void>
  /** A limit was reached while serving the guest. Resolves when that is recorded; never rejects. */
  onLimit(error: LimitError): Promise<void>
  /** The part of the manifest's scope that `use` falls into. */
  describe(permission: PermissionName, use: ScopeUse): string
  record(event: OwnEvent): void
  /** Measures a call of `method`. */
  begin(method: string): Operation
}

export interface CapabilityRun {
  /** Wire name. */
  readonly name: string
  readonly method: CapabilityMethod
  /** The arguments hold a value of the guest's own, as large as a message may be; others are names, numbers and headers. */
  readonly carriesValue: boolean
  readonly payload: Payload
  readonly caller: CallerContext
  readonly conversation: Conversation
}

/** Decoding is the page's time: arguments that carry no value of the guest's own have no need of more. */
const MAX_PLAIN_BYTES = 512 * 2 ** 10

/** @throws {WireError} malformed-message when the payload breaks the wire's rules: the caller ends the instance */
export async function runCapability({ name, method, carriesValue, payload, caller, conversation }: CapabilityRun): Promise<Outcome> {
  // Not a row of its own in the log, and not looked into: what is beyond the rate is to cost next to nothing.
  const excess = overRate(caller.meter)
  if (excess !== undefined) {
    await caller.onLimit(excess)
    return { ok: false, error: toRecord(excess) }
  }
  const limits = valueLimits(caller.limits)
  const bytes = sizeOf(payload)
  const record = new CapabilityRecord(name, bytes, caller)
  if (!carriesValue && bytes > MAX_PLAIN_BYTES) {
    const error = new LimitError('message-too-large', `The arguments are larger than ${MAX_PLAIN_BYTES} bytes.`)
    record.end(error.code)
    await caller.onLimit(error)
    return { ok: false, error: toRecord(error) }
  }
  const args = decodeArguments(payload, limits, record)
  try {
    const result = await method(args, contextFor(caller, conversation, record))
    const value = result instanceof AppAnswer ? result.payload : encodeValue(result, limits)
    record.end('ok', sizeOf(value))
    return { ok: true, value }
  } catch (error) {
    const refusal = toRecord(error)
    record.end(refusal.code ?? 'internal')
    if (error instanceof LimitError) await caller.onLimit(error)
    // What a revocation ends has its row: the revocation.
    if (error instanceof PermissionError && error.code !== 'permission-revoked') await caller.onDenial(error, record.uses)
    return { ok: false, error: refusal }
  }
}

/** What breaks the rules is the last that the instance does: the record ends with it. */
function decodeArguments(payload: Payload, limits: ValueLimits, record: CapabilityRecord): readonly unknown[] {
  try {
    const args = decodeForeignValue(payload, limits)
    if (!Array.isArray(args)) throw new WireError('malformed-message', "The guest's side sent arguments that are no list.")
    return args as readonly unknown[] // an array by the check above
  } catch (error) {
    record.end(error instanceof WireError ? error.code : 'malformed-message')
    throw error
  }
}

function overRate(meter: Meter): LimitError | undefined {
  try {
    meter.take('capabilityCallsPerMinute')
    return undefined
  } catch (error) {
    if (error instanceof LimitError) return error
    throw error
  }
}

function contextFor(caller: CallerContext, conversation: Conversation, record: CapabilityRecord): CapabilityContext {
  const { epochSignal: signal, streams } = conversation
  const told = (error: unknown): unknown => {
    if (error instanceof LimitError) void caller.onLimit(error)
    return error
  }
  return {
    identity: caller.identity,
    installation: caller.installation,
    limits: caller.limits,
    ...(caller.onBehalf && { onBehalf: caller.onBehalf }),
    provenance: caller.provenance,
    meter: caller.meter,
    signal,
    waiting: () => conversation.waiting(),
    authorize: (permission, use) => {
      record.used(permission, caller.describe(permission, use))
      return caller.authorize(permission, use, { signal, call: record })
    },
    keepFiles: (grant) => {
      if (caller.keepsFiles) conversation.endWith(grant.signal)
    },
    uses: (permission, use) => record.used(permission, caller.describe(permission, use)),
    limited: (error) => void told(error),
    note: (facts) => record.note(facts),
    sendStream(source) {
      const { id, stream } = streams.open()
      void pump(source, stream, (error) => toRecord(told(error))).then((bytes) => record.streamed('bytesOut', bytes))
      return id
    },
    receiveStream(id) {
      const stream = streams.claim(id)
      if (stream === undefined) throw new CapabilityError('invalid-argument', `There is no stream ${id} to read.`)
      return toReadable(stream, signal, (bytes) => record.streamed('bytesIn', bytes))
    },
  }
}

function toRecord(error: unknown): ErrorRecord {
  if (error instanceof CapabilityError || error instanceof LimitError || error instanceof PermissionError) {
    return { name: error.name, message: error.message, code: error.code, stack: '' }
  }
  if (isGloveboxError(error)) return { name: 'Error', message: guestText(error), code: error.code, stack: '' }
  return { name: 'Error', message: 'The host could not do this.', code: 'internal', stack: '' }
}

/** Errors about the guest's own value may say where it is wrong; others tell their code only. */
function guestText(error: GloveboxError): string {
  return error.code === 'value-unsupported' ? error.message : 'The host could not do this.'
}
