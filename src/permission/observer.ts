/**
 * Observe mode, for authors: every use is allowed and recorded, whatever the manifest asks for. Of what was used the smallest permissions
 * can be read that would have been enough. Only boxes with development trust have it.
 */
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { Permission, PermissionName, Scope } from '../manifest/permission.ts'
import { PERMISSION_NAMES } from '../manifest/permission.ts'
import { missingError } from './denial.ts'
import { covers } from './scope/index.ts'
import { widen } from './smallest.ts'

export interface ObservedUse {
  readonly key: ExtensionKey
  readonly name: PermissionName
  readonly use: ScopeUse
  /** Ends what is going on. */
  readonly signal: AbortSignal
}

export class PermissionObserver {
  readonly #scopes = new Map<ExtensionKey, Map<PermissionName, Scope>>()

  /** @throws {PermissionError} permission-unknown */
  authorize({ key, name, use, signal }: ObservedUse): Authorization {
    if (!PERMISSION_NAMES.includes(name)) throw missingError(name)
    this.#note(key, name, use, false)
    return Object.freeze({
      signal,
      redirects: true,
      covers: (other: ScopeUse): boolean => {
        if (signal.aborted) return false
        if (!isSame(use, other)) this.#note(key, name, other, true)
        return true
      },
    })
  }

  /** As a manifest lists them; the reasons are for their author to write. */
  permissions(key: ExtensionKey): readonly Permission[] {
    const scopes = this.#scopes.get(key)
    return PERMISSION_NAMES.flatMap((name): Permission[] => {
      const scope = scopes?.get(name)
      // Listing an empty vault names no secret, and a manifest cannot ask for none.
      if (scope === undefined || ('secrets' in scope && scope.secrets.length === 0)) return []
      // Widened by uses of this name only.
      return [{ name, scope: structuredClone(scope), reason: '' } as Permission]
    })
  }

  #note(key: ExtensionKey, name: PermissionName, use: ScopeUse, redirected: boolean): void {
    const scopes = this.#scopes.get(key) ?? new Map<PermissionName, Scope>()
    this.#scopes.set(key, scopes)
    const before = scopes.get(name)
    const isCovered = before !== undefined && covers({ name, scope: before }, use) && (!redirected || ('redirects' in before && before.redirects))
    if (!isCovered) scopes.set(name, widen(before, use, redirected))
  }
}

function isSame(one: ScopeUse, other: ScopeUse): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
