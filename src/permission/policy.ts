/** What a host's policy makes of one permission of one extension. Pure; the strictest of all rules that match wins. */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { Permission } from '../manifest/permission.ts'
import type { HostPolicy, PolicyRule } from '../manifest/policy.ts'
import { intersect, type Scoped } from './scope/index.ts'

export interface PolicyTerms {
  /** What may be asked and granted at all; undefined: nothing of it. */
  readonly allowed: Permission | undefined
  /** What needs no asking. */
  readonly presets: readonly Scoped[]
}

export function applyPolicy(policy: HostPolicy | undefined, identity: ExtensionIdentity, permission: Permission): PolicyTerms {
  let allowed: Permission | undefined = permission
  const presets: Scoped[] = []
  for (const rule of policy?.rules ?? []) {
    if (!isAbout(rule, identity)) continue
    if (rule.effect === 'forbid') {
      if (rule.permissions === 'all' || rule.permissions.includes(permission.name)) allowed = undefined
      continue
    }
    const scopes = rule.permissions.filter(({ name }) => name === permission.name)
    if (rule.effect === 'grant') presets.push(...scopes)
    else for (const scope of scopes) allowed = allowed && narrowed(allowed, scope)
  }
  return { allowed, presets }
}

function isAbout({ extensions, origins }: PolicyRule, { id, origin }: ExtensionIdentity): boolean {
  return (extensions === undefined || extensions.includes(id)) && (origins === undefined || origins.includes(origin))
}

function narrowed(permission: Permission, cap: Scoped): Permission | undefined {
  const scope = intersect(permission, cap)
  // The intersection is of the permission's own kind.
  return scope && (Object.freeze({ ...permission, scope }) as Permission)
}
