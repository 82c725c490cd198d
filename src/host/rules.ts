/** What `policy`, `reportOnly` and `permissions` of the options become; loaded only where one of them is given. */
import type { Limits } from '../manifest/limits.ts'
import type { HostPolicy } from '../manifest/policy.ts'
import { capLimits, parsePolicy, parseTriedPolicy } from '../manifest/policy-schema.ts'
import { PermissionObserver } from '../permission/observer.ts'
import { PolicyTrial } from '../permission/trial.ts'

export interface Rules {
  readonly policy?: HostPolicy
  readonly trial?: PolicyTrial
  readonly observer?: PermissionObserver
}

/** Options that rules are made of. */
export interface Ruled {
  /** As given, not parsed. */
  readonly given: { readonly policy: unknown; readonly reportOnly: unknown; readonly permissions: 'enforce' | 'observe' }
  readonly limits: Partial<Limits>
  readonly rules: Rules
}

/** The options with everything in them that the policy caps. @throws {TypeError} naming what is wrong in a policy */
export function applyRules<Options extends Ruled>(options: Options): Options {
  const { given, limits } = options
  const policy = given.policy === undefined ? undefined : parsePolicy('policy', given.policy)
  const trial = given.reportOnly === undefined ? undefined : new PolicyTrial(parseTriedPolicy('reportOnly', given.reportOnly), Date.now)
  const observer = given.permissions === 'observe' ? new PermissionObserver() : undefined
  const rules = { ...(policy && { policy }), ...(trial && { trial }), ...(observer && { observer }) }
  return { ...options, limits: capLimits(limits, policy?.limits), rules }
}
