/** What `policy`, `reportOnly` and `permissions` of the options become; loaded only where one of them is given. */
import type { HostPolicy } from '../manifest/policy.ts'
import { capLimits, parsePolicy, parseTriedPolicy } from '../manifest/policy-schema.ts'
import { PermissionObserver } from '../permission/observer.ts'
import { PolicyTrial } from '../permission/trial.ts'
import type { ResolvedOptions } from './options.ts'

export interface Rules {
  readonly policy?: HostPolicy
  readonly trial?: PolicyTrial
  readonly observer?: PermissionObserver
}

/** The options with everything in them that the policy caps. @throws {TypeError} naming what is wrong in a policy */
export function applyRules(options: ResolvedOptions): ResolvedOptions {
  const { given, limits } = options
  const policy = given.policy === undefined ? undefined : parsePolicy('policy', given.policy)
  const trial = given.reportOnly === undefined ? undefined : new PolicyTrial(parseTriedPolicy('reportOnly', given.reportOnly), Date.now)
  const observer = given.permissions === 'observe' ? new PermissionObserver() : undefined
  const rules = { ...(policy && { policy }), ...(trial && { trial }), ...(observer && { observer }) }
  return { ...options, limits: capLimits(limits, policy?.limits), rules }
}
