/**
 * One permission of one extension in this page: what the manifest asks, what the host's policy says, what was decided, and the signal that
 * ends what is going on under it. A change takes effect here first, at once; the store and other tabs follow.
 */
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { Digest } from '../manifest/digest.ts'
import type { Permission, Scope } from '../manifest/permission.ts'
import { expiredError, revokedError } from './denial.ts'
import { runAt, type WallClock } from './expiry.ts'
import type { Grant } from './grant.ts'
import type { PolicyTerms } from './policy.ts'
import { allowsRedirects, covers, filtersOf, isWithin, partOf, type Scoped, widest } from './scope/index.ts'

/** `prompt` also where the manifest asks for more than was granted, and where a grant's time is over. */
export type PermissionState = 'granted' | 'denied' | 'prompt'

export interface EntryOptions {
  /** As the manifest asks for it. */
  readonly asked: Permission
  readonly isRequired: boolean
  readonly digest: Digest
  readonly terms: PolicyTerms
  readonly clock: WallClock
  /** A grant's time is over. */
  readonly onExpire: (entry: PermissionEntry) => void
}

export class PermissionEntry {
  /** As the manifest asks for it, within the host's policy. */
  readonly permission: Permission
  readonly #options: EntryOptions
  /** What the host's policy grants of it without asking. */
  readonly #presets: readonly Scoped[]
  #grant: Grant | undefined
  /** What the grant grants of it: a policy may have taken away some since, or all. */
  #granted: readonly Scoped[] = []
  #isStored = false
  #controller = new AbortController()
  #revocation = new AbortController()
  #cancelTimer = (): void => undefined

  constructor(options: EntryOptions) {
    this.#options = options
    this.permission = options.terms.allowed ?? options.asked
    this.#presets = widest(options.terms.presets.flatMap((preset) => partOf(this.permission, preset)))
  }

  get asked(): Permission {
    return this.#options.asked
  }

  get isRequired(): boolean {
    return this.#options.isRequired
  }

  /** The host's policy allows nothing of it. */
  get isForbidden(): boolean {
    return this.#options.terms.allowed === undefined
  }

  /** The decision that stands: one whose time is over does not. */
  get grant(): Grant | undefined {
    return this.#grant !== undefined && this.#isOver(this.#grant) ? undefined : this.#grant
  }

  get state(): PermissionState {
    if (this.isForbidden) return 'denied'
    if (this.grant !== undefined) return this.inForce.length > 0 ? 'granted' : 'denied'
    return this.#presets.some((preset) => isWithin(this.permission, preset)) ? 'granted' : 'prompt'
  }

  /**
   * What may be used without asking, all of it within the permission: what was granted of it, or, where nobody has decided, what the policy
   * grants, which may be several parts, and a part only while the state is `prompt`.
   */
  get inForce(): readonly Scoped[] {
    if (this.isForbidden) return []
    return this.grant === undefined ? this.#presets : this.#granted
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

  /** Aborts when it is revoked, for a question about it; a new one is there afterwards. Whatever else is decided may be the answer. */
  get revocation(): AbortSignal {
    return this.#revocation.signal
  }

  /** Takes a decision in place of the last. Whatever runs under a grant that this ends or narrows is aborted. */
  decide(grant: Grant | undefined, isStored: boolean): void {
    const before = this.inForce
    this.#cancelTimer()
    this.#grant = grant !== undefined && this.#applies(grant) ? grant : undefined
    this.#granted = this.#grant?.state === 'granted' ? partOf(this.permission, this.#grant) : []
    this.#isStored = isStored
    this.#arm()
    const after = this.inForce
    const isLess = before.some((one) => !after.some((other) => isWithin(one, other)))
    // A call that was allowed once is no part of a grant: a denial that ends nothing else lets it finish, a revocation does not.
    if (this.isRevoked || isLess) this.end(revokedError(this.permission.name))
    if (this.isRevoked) this.#endQuestions(revokedError(this.permission.name))
  }

  /** The store has the decision that stands. */
  noteStored(): void {
    this.#isStored = true
  }

  /**
   * Takes in what the store holds now: another tab may have decided. `others`: decisions about other code. Its being revoked ends ours too:
   * the user said stop.
   */
  reconcile(own: Grant | undefined, others: readonly Grant[]): void {
    if (own === undefined ? this.#isStored : own.decidedAt > this.decidedAt || this.#overruled(own)) this.decide(own, own !== undefined)
    if (this.#grant?.state !== 'granted') return
    if (others.some(({ state, decidedAt }) => state === 'revoked' && decidedAt > this.decidedAt)) this.decide(undefined, false)
  }

  /** Revoked after ours was stored, for it stands in its place; the clock of whoever did so was set back. */
  #overruled(own: Grant): boolean {
    return own.state === 'revoked' && this.#isStored && this.#grant?.state === 'granted'
  }

  end(reason: Error): void {
    this.#controller.abort(reason)
    this.#controller = new AbortController()
  }

  /** The page is done with it. */
  dispose(reason: Error): void {
    this.#cancelTimer()
    this.end(reason)
  }

  /** What a capability gets, where what is granted covers the use. */
  authorize(use: ScopeUse): Authorization | undefined {
    if (this.isAboutOther(use)) return undefined
    const part = this.inForce.find((one) => covers(one, use))
    return part && this.#authorization(part, this.grant)
  }

  /** Was it granted for an extension whose id another has now? */
  isAboutOther(use: ScopeUse): boolean {
    const { grant } = this
    if (use.kind !== 'extension' || use.installation === undefined || grant?.state !== 'granted' || !covers(grant, use)) return false
    return !grant.about.some(([id, installation]) => id === use.id && installation === use.installation)
  }

  /** The same for what is allowed once. `scope` undefined: as far as the permission goes. */
  authorizeOnce(use: ScopeUse, scope: Scope = this.permission.scope): Authorization | undefined {
    const part = partOf(this.permission, { name: this.permission.name, scope }).find((one) => covers(one, use))
    return part && this.#authorization(part)
  }

  #authorization(part: Scoped, grant?: Grant): Authorization {
    const { signal } = this
    return Object.freeze({
      signal,
      redirects: allowsRedirects(part),
      ...filtersOf(part),
      covers: (use: ScopeUse): boolean => !signal.aborted && !(grant && this.#isOver(grant)) && covers(part, use),
    })
  }

  #endQuestions(reason: Error): void {
    this.#revocation.abort(reason)
    this.#revocation = new AbortController()
  }

  #applies(grant: Grant): boolean {
    const { name, asked } = grant
    return grant.digest === this.#options.digest && (grant.state !== 'granted' || isWithin(this.permission, { name, scope: asked }))
  }

  /** Timers come late where a machine slept: the clock is read at every use. */
  #isOver({ expiresAt }: Grant): boolean {
    return expiresAt !== undefined && this.#options.clock.now() >= expiresAt
  }

  #arm(): void {
    const { clock, onExpire } = this.#options
    const grant = this.#grant
    if (grant?.state !== 'granted' || grant.expiresAt === undefined) return
    this.#cancelTimer = runAt(clock, grant.expiresAt, () => {
      this.end(expiredError(this.permission.name))
      onExpire(this)
    })
  }
}
