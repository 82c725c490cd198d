/**
 * The host's policy (an organisation's, say): what no extension may have, whatever its manifest asks and its user grants, and what needs
 * no asking. This file only gives the words; `permission/policy.ts` applies them.
 */
import type { Limits } from './limits.ts'
import type { Permission, PermissionName } from './permission.ts'

/** A permission's name and scope, as in a manifest. */
export type ScopedPermission = { readonly [Name in PermissionName]: Omit<Extract<Permission, { readonly name: Name }>, 'reason'> }[PermissionName]

/** Whom a rule is about; absent: everybody. */
interface Whom {
  /** Ids. They are the manifests' own claims: together with `origins` they name somebody. */
  readonly extensions?: readonly string[]
  /** Where extensions come from: the URL of the manifest up to its last `/`, or `local`. Compared exactly. */
  readonly origins?: readonly string[]
}

export type PolicyRule =
  /** Nobody is asked, every use is refused; an extension that requires it does not install. */
  | (Whom & { readonly effect: 'forbid'; readonly permissions: 'all' | readonly PermissionName[] })
  /** Of these permissions, each named once, what lies outside the scope is forbidden. Others are not touched. */
  | (Whom & { readonly effect: 'cap'; readonly permissions: readonly ScopedPermission[] })
  /** Granted without asking, within the scopes; of several for one permission, within each. `origins` is required: ids alone are anybody's claim. */
  | (Whom & { readonly effect: 'grant'; readonly permissions: readonly ScopedPermission[]; readonly origins: readonly string[] })

/** Of all rules that are about an extension the strictest wins, in whatever order they are; what a user denied or revoked stays so. */
export interface HostPolicy {
  readonly rules?: readonly PolicyRule[]
  /** Ceilings beside those of `limits`: the lower ones hold. */
  readonly limits?: Partial<Limits>
  /**
   * New code of an installed extension that asks for no more than the code before. `keep`: what was granted goes on. `ask`: everything is asked
   * again. Default `keep`; packages without a URL (origin `local`) are always asked again.
   */
  readonly newCode?: 'keep' | 'ask'
}

/**
 * What can be tried of a policy while it is not in force. Not `limits`: a use that is refused for one changes what comes after it, so nothing tells
 * what a lower one would have stopped. Not `newCode`: `ask` asks about everything, at each update.
 */
export type TriedPolicy = Pick<HostPolicy, 'rules'>
