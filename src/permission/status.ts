/** Permissions of an extension as the host sees them: how each stands, and what was granted. */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { PermissionName, Scope } from '../manifest/permission.ts'
import type { PermissionEntry, PermissionState } from './entry.ts'
import type { GrantDuration, GrantMaker } from './grant.ts'

/** One line of `query()`. */
export interface PermissionStatus {
  readonly name: PermissionName
  /** What the manifest asks for, within the host's policy. What was granted may be less: `grants()` tells. */
  readonly scope: Scope
  readonly required: boolean
  readonly state: PermissionState
}

/** One grant that is in force. A record: it does not change, a later one takes its place. */
export interface PermissionGrant {
  /** Id of the extension. */
  readonly extension: string
  readonly origin: string
  /** The code it was granted to. */
  readonly digest: Digest
  readonly name: PermissionName
  readonly scope: Scope
  readonly duration: GrantDuration
  /** ms since 1970; null unless the duration is `until`. */
  readonly expiresAt: number | null
  readonly by: GrantMaker
  /** Whose grant it is: the box's subject. Null in a box without one. */
  readonly subject: string | null
  /** ms since 1970; 0 for what the policy grants. */
  readonly decidedAt: number
}

export function statusOf(entry: PermissionEntry): PermissionStatus {
  const { name, scope } = entry.permission
  return Object.freeze({ name, scope, required: entry.isRequired, state: entry.state })
}

export interface GrantOwner {
  readonly identity: ExtensionIdentity
  readonly digest: Digest
  readonly subject: string | undefined
}

/** Undefined where it is not granted. */
export function grantOf(entry: PermissionEntry, { identity: { id, origin }, digest, subject }: GrantOwner): PermissionGrant | undefined {
  if (entry.state !== 'granted') return undefined
  const { name, scope } = entry.permission
  const { duration, expiresAt = null, by, decidedAt, scope: granted } = entry.grant ?? { duration: 'always', by: 'policy', decidedAt: 0, scope }
  return Object.freeze({ extension: id, origin, digest, name, scope: granted, duration, expiresAt, by, subject: subject ?? null, decidedAt })
}
