/** Permissions of an extension as the host sees them: how each stands, and what was granted. */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { PermissionName, Scope } from '../manifest/permission.ts'
import type { PermissionEntry, PermissionState } from './entry.ts'
import type { GrantDuration, GrantMaker } from './grant.ts'

/** One line of `query()`. */
export interface PermissionStatus {
  readonly name: PermissionName
  /** What the manifest asks for, within the host's policy. What is granted may be less, also with the state `prompt`: `grants()` tells. */
  readonly scope: Scope
  readonly required: boolean
  readonly state: PermissionState
}

/** One grant, as far as it is in force. A record: it does not change, a later one takes its place. */
export interface PermissionGrant {
  /** Id of the extension. */
  readonly extension: string
  readonly origin: string
  /** The code it was granted to. */
  readonly digest: Digest
  readonly name: PermissionName
  /** What was granted, within the host's policy. */
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

const BY_POLICY = { duration: 'always', by: 'policy', decidedAt: 0, expiresAt: undefined } as const

/** One for each part that is in force. */
export function grantsOf(entry: PermissionEntry, { identity: { id, origin }, digest, subject: decidedFor }: GrantOwner): readonly PermissionGrant[] {
  const { duration, expiresAt = null, by, decidedAt } = entry.grant ?? BY_POLICY
  const subject = decidedFor ?? null
  return entry.inForce.map(({ name, scope }) => Object.freeze({ extension: id, origin, digest, name, scope, duration, expiresAt, by, subject, decidedAt }))
}
