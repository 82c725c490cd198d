/**
 * One permission of one extension in this page: what the manifest asks, what was decided, and the signal that ends what is going on
 * under it. A change takes effect here first, at once; the store and other tabs follow.
 */
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { Digest } from '../manifest/digest.ts'
import type { Permission } from '../manifest/permission.ts'
import { revokedError } from './denial.ts'
import type { Grant } from './grant.ts'
import { allowsRedirects, covers, isWithin } from './scope/index.ts'

/** `prompt` also where the manifest asks for more than was granted. */
export type PermissionState = 'granted' | 'denied' | 'prompt'

export class PermissionEntry {
  readonly permission: Permission
  readonly isRequired: boolean
  readonly #digest: Digest
  #grant: Grant | undefined
  #isStored = false
  #controller = new AbortController()

  constructor(permission: Permission, digest: Digest, isRequired: boolean) {
    this.permission = permission
    this.isRequired = isRequired
    this.#digest = digest
  }

  get state(): PermissionState {
    if (this.#grant === undefined) return 'prompt'
    return this.#grant.state === 'granted' ? 'granted' : 'denied'
  }

  get isRevoked(): boolean {
    return this.#grant?.state === 'revoked'
  }

  /** Does the store hold a decision of ours? */
  get isStored(): boolean {
    return this.#isStored
  }

  get decidedAt(): number {
    return this.#grant?.decidedAt ?? 0
  }

  /** Aborts when what is granted now ends; a new one is there afterwards. Its reason is the error for whoever relied on it. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Takes a decision in place of the last. Whatever runs under a grant that this ends is aborted. */
  decide(grant: Grant | undefined, isStored: boolean): void {
    const wasGranted = this.state === 'granted'
    this.#grant = grant !== undefined && this.#applies(grant) ? grant : undefined
    this.#isStored = isStored
    // A call that was allowed once is no part of a grant: a later denial lets it finish, a revocation does not.
    if (this.isRevoked || (wasGranted && this.state !== 'granted')) this.end(revokedError(this.permission.name))
  }

  /** The store has the decision that stands. */
  noteStored(): void {
    this.#isStored = true
  }

  /** Takes in what the store holds now: another tab may have decided. True when that changed anything. */
  reconcile(stored: Grant | undefined): boolean {
    if (stored === undefined) return this.#lose()
    if (stored.digest !== this.#digest) {
      // Other code's decision stands where ours stood. Its being revoked ends ours too: the user said stop.
      return this.#isStored || (stored.state === 'revoked' && stored.decidedAt > this.decidedAt) ? this.#drop() : false
    }
    if (this.#grant !== undefined && stored.decidedAt <= this.decidedAt) return false
    this.decide(stored, true)
    return true
  }

  end(reason: Error): void {
    this.#controller.abort(reason)
    this.#controller = new AbortController()
  }

  /** What a capability gets. `grant` undefined: allowed once, as far as the manifest's scope goes. */
  authorize(): Authorization {
    const { signal } = this
    const scopes = this.#grant?.state === 'granted' ? [this.permission, this.#grant] : [this.permission]
    return Object.freeze({
      signal,
      redirects: scopes.every(allowsRedirects),
      covers: (use: ScopeUse): boolean => !signal.aborted && scopes.every((scope) => covers(scope, use)),
    })
  }

  #applies(grant: Grant): boolean {
    return grant.digest === this.#digest && (grant.state !== 'granted' || isWithin(this.permission, grant))
  }

  #lose(): boolean {
    return this.#isStored ? this.#drop() : false
  }

  #drop(): boolean {
    const before = this.#grant
    this.decide(undefined, false)
    return before !== undefined
  }
}
