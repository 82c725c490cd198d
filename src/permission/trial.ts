/**
 * Enforce and report: a policy that is not in force is tried on every use that was allowed, and what it would have denied is listed, so that
 * nobody has to turn a stricter policy on to learn whom it breaks. Nothing here allows or denies.
 */
import type { ScopeUse } from '../manifest/authorization.ts'
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../manifest/identity.ts'
import type { Permission, PermissionName } from '../manifest/permission.ts'
import type { HostPolicy } from '../manifest/policy.ts'
import { applyPolicy } from './policy.ts'
import { covers } from './scope/index.ts'
import { describeUsed } from './scope/used.ts'

/** Different ones kept of each extension. */
const MAX_REPORTED = 200

/** Uses that a policy would deny. */
export interface ReportedUse {
  readonly name: PermissionName
  /** What was used, in the words of the manifest's scope: `GET https://api.example.com/v1`, `notes/*`. */
  readonly use: string
  readonly count: number
  /** ms since 1970, of the last. */
  readonly at: number
}

export class PolicyTrial {
  readonly policy: HostPolicy
  readonly #now: () => number
  readonly #reported = new Map<ExtensionKey, Map<string, ReportedUse>>()

  constructor(policy: HostPolicy, now: () => number) {
    this.policy = policy
    this.#now = now
  }

  /** A use that was allowed. Gives what to report where the policy would deny it, the first time only. */
  note(identity: ExtensionIdentity, asked: Permission, use: ScopeUse): ReportedUse | undefined {
    const { allowed } = applyPolicy(this.policy, identity, asked)
    if (allowed !== undefined && covers(allowed, use)) return undefined
    const key = extensionKey(identity)
    const of = this.#reported.get(key) ?? new Map<string, ReportedUse>()
    this.#reported.set(key, of)
    const text = describeUsed(asked, use)
    const slot = `${asked.name} ${text}`
    const known = of.get(slot)
    if (known === undefined && of.size >= MAX_REPORTED) return undefined
    const reported = Object.freeze({ name: asked.name, use: text, count: (known?.count ?? 0) + 1, at: this.#now() })
    of.set(slot, reported)
    return known === undefined ? reported : undefined
  }

  list(key: ExtensionKey): readonly ReportedUse[] {
    return [...(this.#reported.get(key)?.values() ?? [])]
  }
}
