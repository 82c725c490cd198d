/**
 * Who is calling a capability, and what that caller may do: decided here alone, of the instance that the call came through, never of the message.
 */
import { PermissionError, type LimitError, WireError } from '../../errors.ts'
import type { ScopeUse } from '../../manifest/authorization.ts'
import type { Meter } from '../../limit/meter.ts'
import type { ExtensionIdentity } from '../../manifest/identity.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { PermissionName } from '../../manifest/permission.ts'
import type { ExtensionPermissions } from '../../permission/extension-permissions.ts'
import type { AuditUse } from '../../telemetry/audit-row.ts'
import type { Operation } from '../../telemetry/telemetry.ts'
import type { CallerContext } from './capability-call.ts'
import type { OwnEvent } from './capability-record.ts'
import type { Conversation } from '../frame/conversation.ts'
import type { Runtime } from '../instance/runtime.ts'
import type { Behalf, ServedCalls } from '../instance/served-calls.ts'

/** Instances that serve other extensions. */
export interface Serving {
  /** All that they may use, from their start. */
  readonly onBehalf: ReadonlySet<PermissionName>
  /** The calls that they serve or that wait for them now. */
  readonly waiting: () => readonly Behalf[]
  readonly restrict: (runtime: Runtime) => Runtime
}

/** An instance, and whom it serves. */
export interface Asker {
  readonly conversation: Conversation
  readonly served: ServedCalls
  readonly serving: Serving | undefined
}

/** The extension that the instance is of. */
export interface CallingExtension {
  readonly identity: ExtensionIdentity
  readonly limits: Limits
  readonly keepsFiles: boolean
  /** @param payers  ids of those whose work it is; undefined: its own */
  readonly meterFor: (payers: readonly string[] | undefined) => Meter
  /** Undefined before it is admitted. */
  readonly permissions: () => ExtensionPermissions | undefined
  /** Takes known secrets out. */
  readonly scrub: (text: string) => string
  readonly record: (event: OwnEvent) => void
  readonly keep: (event: OwnEvent) => Promise<void>
  readonly onLimit: (error: LimitError, onBehalfOf: readonly string[] | undefined) => Promise<void>
  readonly begin: (method: string, conversation: Conversation) => Operation
}

/** @throws {WireError} malformed-message: it is not admitted */
export function callerOf(extension: CallingExtension, { conversation, served, serving }: Asker): CallerContext {
  const { identity, limits, record, keep, onLimit, begin, scrub } = extension
  const permissions = extension.permissions()
  if (permissions === undefined) throw new WireError('malformed-message', 'A guest called before it was admitted.')
  // As it is now: when this ends, the instance may have been reset, or have served others.
  const onBehalfOf = serving && served.callers
  const payers = serving && served.payers
  const kept = new WeakSet<PermissionError>()
  const onDenial = async (error: PermissionError, uses: readonly AuditUse[]): Promise<void> => {
    if (kept.has(error)) return
    kept.add(error)
    await keep(servedFor(onBehalfOf, { kind: 'denial', uses, outcome: error.code }))
  }
  const describe = (permission: PermissionName, use: ScopeUse): string => permissions.describe(permission, use, scrub)
  return {
    identity,
    installation: permissions.installation,
    limits,
    onBehalf: serving?.onBehalf,
    provenance: { callers: onBehalfOf ?? [], payers, stackOf: (call) => served.stackOf(call) },
    meter: extension.meterFor(payers),
    keepsFiles: extension.keepsFiles,
    authorize: async (permission, use, { signal, call }) => {
      try {
        if (serving?.onBehalf.has(permission) === false) throw notForOthers(permission)
        return await permissions.authorize(permission, use, { signal, use: call, payers, ...(onBehalfOf && { onBehalfOf }) })
      } catch (error) {
        if (error instanceof PermissionError) await onDenial(error, [{ permission, scope: describe(permission, use) }])
        throw error
      }
    },
    onDenial,
    onLimit: (error) => onLimit(error, onBehalfOf),
    describe,
    record: (event) => record(servedFor(onBehalfOf, event)),
    begin: (method) => begin(method, conversation),
  }
}

/** Rows of what is done for others say for whom. */
export function servedFor(onBehalfOf: readonly string[] | undefined, event: OwnEvent): OwnEvent {
  return onBehalfOf === undefined ? event : { ...event, facts: { ...event.facts, onBehalfOf: onBehalfOf.join(' ') } }
}

function notForOthers(name: PermissionName): PermissionError {
  const message = `"${name}" may not be used on behalf of other extensions: the manifest's "provides" does not list it.`
  return new PermissionError('permission-denied', message)
}
