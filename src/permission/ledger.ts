/**
 * Keeps an extension's entries and the store in step. Store work runs in order, so that what is read is never older than what was
 * written before it; of two decisions the later counts, whoever made it and in whichever order they arrive.
 */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { PermissionName } from '../manifest/permission.ts'
import type { PermissionEntry } from './entry.ts'
import type { Grant, GrantStore } from './grant.ts'
import { parseGrant, toRecord } from './grant.ts'
import type { Decision } from './prompt.ts'

export interface LedgerOptions {
  readonly key: ExtensionKey
  readonly digest: Digest
  readonly entries: ReadonlyMap<PermissionName, PermissionEntry>
  readonly store: GrantStore
  /** ms since 1970: decisions of different tabs are compared. */
  readonly now: () => number
  /** Grants older than this are read again before use, ms; undefined where other tabs tell us of changes. */
  readonly staleMs: number | undefined
  /** Tells the other tabs that the store changed. */
  readonly notify: () => void
  readonly onChange: (entry: PermissionEntry) => void
  /** Aborted: what is still to be written is not written any more. */
  readonly life: AbortSignal
}

interface Decided {
  readonly entry: PermissionEntry
  readonly grant: Grant
}

export class GrantLedger {
  readonly #options: LedgerOptions
  #work: Promise<unknown> = Promise.resolve()
  #reloading: Promise<void> | undefined
  #readAt = -Infinity

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Reads the store again. Concurrent calls share one reading that begins after them. */
  reload(): Promise<void> {
    this.#reloading ??= this.#inOrder(async () => {
      this.#reloading = undefined
      const { key, life, now, store } = this.#options
      if (life.aborted) return
      const readAt = now()
      const records = await store.listFor(key)
      this.#readAt = readAt
      if (!life.aborted) this.#reconcile(records)
    })
    return this.#reloading
  }

  /** Without word from other tabs, what was read a while ago may be revoked by now. */
  async freshen(): Promise<void> {
    const { now, staleMs } = this.#options
    if (staleMs !== undefined && now() - this.#readAt > staleMs) await this.reload()
  }

  /**
   * Takes the user's decisions, one for each entry; undefined and `once` change nothing. A denial holds at once, `always` only when the store
   * has it: what is not kept must not look as if it were. Rejects when the store does.
   */
  async record(entries: readonly PermissionEntry[], decisions: readonly (Decision | undefined)[]): Promise<void> {
    const kept: Decided[] = []
    for (const [index, entry] of entries.entries()) {
      const decision = decisions[index]
      if (decision === 'deny') kept.push({ entry, grant: this.#decideNow(entry, 'denied') })
      if (decision === 'always') kept.push({ entry, grant: this.#createGrant(entry, 'granted', 'always') })
      if (decision === 'session') await this.#grantForSession(entry)
    }
    if (kept.length > 0) await this.#keep(kept)
  }

  /** Takes a permission back, at once. Rejects when the store does; it holds in this page all the same. */
  revoke(entry: PermissionEntry): Promise<void> {
    return this.#keep([{ entry, grant: this.#decideNow(entry, 'revoked') }])
  }

  #decideNow(entry: PermissionEntry, state: 'denied' | 'revoked'): Grant {
    const grant = this.#createGrant(entry, state, 'always')
    entry.decide(grant, false)
    this.#options.onChange(entry)
    return grant
  }

  async #grantForSession(entry: PermissionEntry): Promise<void> {
    const { key, life, notify, onChange, store } = this.#options
    const { signal } = entry
    const hadRecord = entry.isStored
    // A stored denial goes, so that the next page asks again instead of remembering what the user has overruled.
    if (hadRecord) await this.#inOrder(() => store.deleteFor(key, entry.permission.name))
    if (signal.aborted || life.aborted) return
    entry.decide(this.#createGrant(entry, 'granted', 'session'), false)
    onChange(entry)
    if (hadRecord) notify()
  }

  /** Puts decisions into the store, then into effect, unless a later one came in between. */
  #keep(decided: readonly Decided[]): Promise<void> {
    const { life, notify, onChange, store } = this.#options
    return this.#inOrder(async () => {
      const current = decided.filter(({ entry, grant }) => grant.decidedAt >= entry.decidedAt)
      if (life.aborted || current.length === 0) return
      await store.put(current.map(({ grant }) => toRecord(grant)))
      for (const { entry, grant } of current) {
        if (grant.decidedAt === entry.decidedAt) entry.noteStored()
        if (grant.decidedAt <= entry.decidedAt) continue
        entry.decide(grant, true)
        onChange(entry)
      }
      notify()
    })
  }

  #reconcile(records: readonly unknown[]): void {
    const { entries, key, onChange } = this.#options
    const grants = new Map<PermissionName, Grant>()
    for (const record of records) {
      const grant = parseGrant(key, record)
      if (grant !== undefined) grants.set(grant.name, grant)
    }
    for (const entry of entries.values()) {
      const before = entry.state
      entry.reconcile(grants.get(entry.permission.name))
      if (entry.state !== before) onChange(entry)
    }
  }

  #createGrant(entry: PermissionEntry, state: Grant['state'], duration: Grant['duration']): Grant {
    const { key, digest, now } = this.#options
    const { name, scope } = entry.permission
    return Object.freeze({ key, name, scope, state, duration, digest, decidedAt: Math.max(now(), entry.decidedAt + 1) })
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}
