/**
 * Keeps an extension's entries and the store in step. Store work runs in order, so that what is read is never older than what was
 * written before it; of two decisions the later counts, whoever made it and in whichever order they arrive.
 */
import { isGloveboxError } from '../errors.ts'
import type { Digest } from '../manifest/digest.ts'
import type { Installation } from '../manifest/identity.ts'
import type { PermissionName, Scope } from '../manifest/permission.ts'
import type { ParsedDecision } from './decision.ts'
import type { PermissionEntry } from './entry.ts'
import type { Grant, GrantStore, InstalledId, InstallWrite, PermissionDecision } from './grant.ts'
import { parseGrant, toRecord } from './grant.ts'
import { intersect, isWithin } from './scope/index.ts'

export interface LedgerOptions {
  /** Whose entries these are; of a later one, nothing is ours. */
  readonly installation: Installation
  readonly digest: Digest
  readonly entries: ReadonlyMap<PermissionName, PermissionEntry>
  readonly store: GrantStore
  /** ms since 1970: decisions of different tabs are compared. */
  readonly now: () => number
  /** Grants older than this are read again before use, ms. */
  readonly staleMs: number
  /** Tells the other tabs that the store changed; called as soon as it has. */
  readonly notify: () => void
  /** Who has that id now. */
  readonly installationOf: (id: string) => string | undefined
  readonly onChange: (entry: PermissionEntry) => void
  /** Resolves when the decision is on record: a grant takes effect only then. Never rejects. */
  readonly onDecision: (decision: PermissionDecision) => Promise<void>
  /** It was uninstalled, in another tab. Ends `life`. */
  readonly onUninstall: () => void
  /** Aborted: what is still to be written is not written any more. */
  readonly life: AbortSignal
}

interface Decided {
  readonly entry: PermissionEntry
  readonly grant: Grant
}

/** `decisions`: one for each of `asked`, none of them a denial. `inherited`: what `inherit` gave. */
interface InstallDecisions {
  readonly asked: readonly PermissionEntry[]
  readonly decisions: readonly ParsedDecision[]
  readonly inherited: readonly PermissionEntry[]
}

export class GrantLedger {
  readonly #options: LedgerOptions
  #work: Promise<unknown> = Promise.resolve()
  #reloading: Promise<void> | undefined
  #readAt = -Infinity
  /** As the store had them last, of other code too. */
  #grants: readonly Grant[] = []

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Reads the store again. Concurrent calls share one reading that begins after them. */
  reload(): Promise<void> {
    this.#reloading ??= this.#inOrder(async () => {
      this.#reloading = undefined
      const { installation, life, now, onUninstall, store } = this.#options
      if (life.aborted) return
      const readAt = now()
      const { generation, records } = await store.listFor(installation.key)
      this.#readAt = readAt
      if (life.aborted) return
      if (generation === installation.generation) this.#reconcile(records)
      else onUninstall()
    })
    return this.#reloading
  }

  /** Word from other tabs may not come, or be lost with the tab: what was read a while ago may be revoked by now. */
  async freshen(): Promise<void> {
    const { now, staleMs } = this.#options
    const age = now() - this.#readAt
    if (!(age >= 0 && age <= staleMs)) await this.reload() // below 0: the clock was set back
  }

  /**
   * What was granted to the code that this one replaces goes on where this one asks for no more. In this page only: the caller keeps it
   * (`keepInherited`) once the code is admitted. What that code was denied is asked again, what this code does not ask for is left behind.
   */
  inherit(from: Digest): readonly PermissionEntry[] {
    const { digest, entries } = this.#options
    return [...entries.values()].filter((entry) => {
      const { permission } = entry
      const old = this.#grants.find((grant) => grant.name === permission.name && grant.digest === from && grant.state === 'granted')
      if (entry.isForbidden || entry.grant !== undefined || old === undefined) return false
      if (!isWithin(permission, { name: old.name, scope: old.asked })) return false
      const scope = intersect(permission, old)
      if (scope !== undefined) entry.decide(Object.freeze({ ...old, digest, scope, asked: permission.scope }), false)
      return entry.grant !== undefined
    })
  }

  /** Has anything been decided about this code? */
  get isDecided(): boolean {
    return this.#grants.some(({ digest }) => digest === this.#options.digest)
  }

  async keepInherited(entries: readonly PermissionEntry[]): Promise<void> {
    const kept = unstored(entries)
    if (kept.length > 0) await this.#keep(kept)
  }

  /**
   * Takes the user's decisions, one for each entry; undefined and `once` change nothing. A denial holds at once, a lasting grant only when the
   * store has it: what is not kept must not look as if it were. Rejects when the store does.
   */
  async record(entries: readonly PermissionEntry[], decisions: readonly (ParsedDecision | undefined)[]): Promise<void> {
    const kept: Decided[] = []
    for (const [index, entry] of entries.entries()) {
      const decision = decisions[index]
      if (decision === undefined) continue
      const { word, scope = entry.permission.scope } = decision
      if (word === 'once') await this.#options.onDecision({ name: entry.permission.name, scope, state: 'granted', duration: word, by: 'user' })
      else if (word === 'deny') kept.push({ entry, grant: this.#decideNow(entry, { state: 'denied', by: 'user' }) })
      else if (word === 'session') await this.#grantForSession(entry, scope)
      else kept.push(this.#lasting(entry, word, decision))
    }
    if (kept.length > 0) await this.#keep(kept)
  }

  /** What was decided at an install and what goes on, kept with what `write` writes beside: all or nothing. Rejects as that does. */
  async install({ asked, decisions, inherited }: InstallDecisions, write: InstallWrite): Promise<void> {
    await this.record(asked, decisions.map((decision) => (isLasting(decision.word) ? undefined : decision)))
    const granted = asked.flatMap((entry, index): Decided[] => {
      const decision = decisions[index]
      return decision !== undefined && isLasting(decision.word) ? [this.#lasting(entry, decision.word, decision)] : []
    })
    await this.#inOrder(async () => {
      this.#options.life.throwIfAborted()
      await this.#put(stillCurrent([...granted, ...unstored(inherited)]), write)
    })
  }

  /** Denials that change nothing, since an installation that is refused leaves nothing behind. */
  async noteDenials(entries: readonly PermissionEntry[]): Promise<void> {
    await Promise.all(entries.map(({ permission }) => this.#options.onDecision({ ...permission, state: 'denied', duration: 'once', by: 'user' })))
  }

  /** Takes a permission back, at once. Rejects when the store does; it holds in this page all the same. */
  revoke(entry: PermissionEntry): Promise<void> {
    return this.#keep([{ entry, grant: this.#decideNow(entry, { state: 'revoked', by: 'host' }) }])
  }

  /** Takes back all but `scope`, at once. Rejects when the store does; it holds in this page all the same. */
  async narrow(entry: PermissionEntry, scope: Scope): Promise<void> {
    const { duration = 'always', expiresAt, about } = entry.grant ?? {}
    const grant = this.#decideNow(entry, { state: 'granted', by: 'host', scope, duration, expiresAt, ...(about && { about }) })
    await (duration === 'session' ? this.#options.onDecision(grant) : this.#keep([{ entry, grant }]))
  }

  #lasting(entry: PermissionEntry, duration: 'until' | 'always', { scope = entry.permission.scope, expiresAt }: ParsedDecision): Decided {
    return { entry, grant: this.#createGrant(entry, { state: 'granted', by: 'user', duration, scope, expiresAt }) }
  }

  #decideNow(entry: PermissionEntry, made: Pick<Grant, 'state' | 'by'> & Partial<Grant>): Grant {
    const grant = this.#createGrant(entry, made)
    entry.decide(grant, false)
    this.#options.onChange(entry)
    return grant
  }

  async #grantForSession(entry: PermissionEntry, scope: Scope): Promise<void> {
    const { installation, digest, life, notify, onChange, onDecision, store } = this.#options
    const { signal } = entry
    const hadRecord = entry.isStored
    // A stored denial goes, so that the next page asks again instead of remembering what the user has overruled.
    if (hadRecord) await this.#inOrder(() => this.#write(store.delete(installation, entry.permission.name, digest)).then(notify))
    const grant = this.#createGrant(entry, { state: 'granted', by: 'user', duration: 'session', scope })
    await onDecision(grant)
    if (signal.aborted || life.aborted || grant.decidedAt <= entry.decidedAt) return
    entry.decide(grant, false)
    onChange(entry)
  }

  /** Puts decisions into the store, then into effect, unless a later one came in between. */
  #keep(decided: readonly Decided[]): Promise<void> {
    const { installation, life, store } = this.#options
    return this.#inOrder(async () => {
      const current = stillCurrent(decided)
      if (!life.aborted && current.length > 0) await this.#put(current, (records) => store.put(installation, records))
    })
  }

  async #put(decided: readonly Decided[], write: InstallWrite): Promise<void> {
    const { notify, onChange, onDecision } = this.#options
    await this.#write(write(decided.map(({ grant }) => toRecord(grant))))
    if (decided.length > 0) notify() // now: the log may take seconds, this page be gone by then, and another one go on with what was revoked
    await Promise.all(decided.map(({ grant }) => onDecision(grant)))
    for (const { entry, grant } of decided) {
      if (grant.decidedAt === entry.decidedAt) entry.noteStored()
      if (grant.decidedAt <= entry.decidedAt) continue
      entry.decide(grant, true)
      onChange(entry)
    }
  }

  async #write(writing: Promise<void>): Promise<void> {
    try {
      await writing
    } catch (error) {
      if (isGloveboxError(error, 'not-installed')) this.#options.onUninstall()
      throw error
    }
  }

  #reconcile(records: readonly unknown[]): void {
    const { digest, entries, installation: { key }, onChange } = this.#options
    this.#grants = records.flatMap((record) => parseGrant(key, record) ?? [])
    for (const entry of entries.values()) {
      const before = entry.state
      const grants = this.#grants.filter(({ name }) => name === entry.permission.name)
      entry.reconcile(grants.find((grant) => grant.digest === digest), grants.filter((grant) => grant.digest !== digest))
      if (entry.state !== before) onChange(entry)
    }
  }

  #createGrant(entry: PermissionEntry, made: Pick<Grant, 'state' | 'by'> & Partial<Grant>): Grant {
    const { installation: { key }, digest, now } = this.#options
    const { name, scope } = entry.permission
    const decidedAt = Math.max(now(), entry.decidedAt + 1)
    const about = this.#installed(made.scope ?? scope)
    return Object.freeze({ key, name, scope, asked: scope, about, duration: 'always', expiresAt: undefined, digest, decidedAt, ...made })
  }

  #installed(scope: Scope): readonly InstalledId[] {
    const ids = 'extensions' in scope ? scope.extensions : []
    return ids.flatMap((id): InstalledId[] => {
      const installation = this.#options.installationOf(id)
      return installation === undefined ? [] : [[id, installation]]
    })
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}

function isLasting(word: ParsedDecision['word']): word is 'until' | 'always' {
  return word === 'until' || word === 'always'
}

/** Without those that a later decision has overtaken. */
function stillCurrent(decided: readonly Decided[]): readonly Decided[] {
  return decided.filter(({ entry, grant }) => grant.decidedAt >= entry.decidedAt)
}

function unstored(entries: readonly PermissionEntry[]): readonly Decided[] {
  return entries.flatMap((entry): Decided[] => (entry.grant === undefined || entry.isStored ? [] : [{ entry, grant: entry.grant }]))
}
