/**
 * Enforce and report: a policy that is not in force is tried on every use that was allowed, and what it would have denied is listed, so that
 * nobody has to turn a stricter policy on to learn whom it breaks. Nothing here allows or denies.
 */
import type { ScopeUse } from '../manifest/authorization.ts'
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../manifest/identity.ts'
import type { Permission, PermissionName } from '../manifest/permission.ts'
import type { TriedPolicy } from '../manifest/policy.ts'
import { applyPolicy } from './policy.ts'
import { covers } from './scope/index.ts'
import { describeUsed } from './scope/used.ts'

/** Different ones kept of each extension. */
const MAX_REPORTED = 200

/** The `use` of those that install only without the policy. */
const INSTALL = 'install'

/** Uses that a policy would deny. */
export interface ReportedUse {
  readonly name: PermissionName
  /** What was used, in the words of the manifest's scope: `GET https://api.example.com/v1`, `notes/*`. `install`: what requires it would not install. */
  readonly use: string
  readonly count: number
  /** ms since 1970, of the last. */
  readonly at: number
}

export class PolicyTrial {
  readonly policy: TriedPolicy
  readonly #now: () => number
  readonly #reported = new Map<ExtensionKey, Map<string, ReportedUse>>()

  constructor(policy: TriedPolicy, now: () => number) {
    this.policy = policy
    this.#now = now
  }

  /** A use that was allowed. Gives what to report where the policy would deny it, the first time only. */
  note(identity: ExtensionIdentity, asked: Permission, use: ScopeUse): ReportedUse | undefined {
    const { allowed } = applyPolicy(this.policy, identity, asked)
    return allowed !== undefined && covers(allowed, use) ? undefined : this.#count(identity, asked.name, describeUsed(asked, use))
  }

  /** What was installed requires `required`. Gives those for which the policy would refuse it, the first time only. */
  noteInstall(identity: ExtensionIdentity, required: readonly Permission[]): readonly ReportedUse[] {
    const forbidden = required.filter((asked) => applyPolicy(this.policy, identity, asked).allowed === undefined)
    return forbidden.flatMap(({ name }) => this.#count(identity, name, INSTALL) ?? [])
  }

  list(key: ExtensionKey): readonly ReportedUse[] {
    return [...(this.#reported.get(key)?.values() ?? [])]
  }

  /** The report, when it is the first of its kind. */
  #count(identity: ExtensionIdentity, name: PermissionName, use: string): ReportedUse | undefined {
    const key = extensionKey(identity)
    const of = this.#reported.get(key) ?? new Map<string, ReportedUse>()
    this.#reported.set(key, of)
    const slot = `${name} ${use}`
    const known = of.get(slot)
    if (known === undefined && of.size >= MAX_REPORTED) return undefined
    const reported = Object.freeze({ name, use, count: (known?.count ?? 0) + 1, at: this.#now() })
    of.set(slot, reported)
    return known === undefined ? reported : undefined
  }
}
