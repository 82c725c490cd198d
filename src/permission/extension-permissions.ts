/**
 * The permissions of one extension in this page: answers every use, asks where nothing was decided, and hears of what other tabs decide.
 * Holds nothing of capabilities; who calls is known from whose object this is, never from a message.
 */
import { DisposedError } from '../errors.ts'
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity, ExtensionKey } from '../manifest/identity.ts'
import { extensionKey } from '../manifest/identity.ts'
import type { Permission, PermissionName, Scope } from '../manifest/permission.ts'
import { deniedError, missingError, revokedError, uncoveredError } from './denial.ts'
import type { PermissionState } from './entry.ts'
import { PermissionEntry } from './entry.ts'
import type { GrantStore } from './grant.ts'
import { GrantLedger } from './ledger.ts'
import type { Decision, PromptRequest } from './prompt.ts'
import { createPromptRequest } from './prompt.ts'
import type { PromptAnswer, PromptQueue } from './prompt-queue.ts'
import { covers } from './scope/index.ts'
import { describeUsed } from './scope/used.ts'

/** The code whose permissions these are. Names are unique over both lists: parseManifest sees to it. */
export interface PermissionSubject {
  readonly identity: ExtensionIdentity
  readonly digest: Digest
  /** For people; hostile text. */
  readonly name: string
  readonly unsigned: boolean
  readonly required: readonly Permission[]
  readonly optional: readonly Permission[]
}

/** One line of `query()`. */
export interface PermissionStatus {
  readonly name: PermissionName
  readonly scope: Scope
  readonly required: boolean
  readonly state: PermissionState
}

/** What the broker lends to each of its extensions. */
export interface PermissionServices {
  readonly store: GrantStore
  readonly prompts: PromptQueue
  /** ms since 1970: decisions of different tabs are compared. */
  readonly now: () => number
  /** Grants older than this are read again before use, ms; undefined where other tabs tell us of changes. */
  readonly staleMs: number | undefined
  /** Tells the other tabs that the store changed. */
  readonly notify: (key: ExtensionKey) => void
  readonly onChange: (key: ExtensionKey, status: PermissionStatus) => void
}

export interface RequestOptions {
  /** The guest may ask for what is still open; only the host may ask again what was denied or revoked. */
  readonly by: 'host' | 'guest'
  readonly signal?: AbortSignal
}

export class ExtensionPermissions {
  readonly key: ExtensionKey
  readonly #subject: PermissionSubject
  readonly #prompts: PromptQueue
  readonly #entries = new Map<PermissionName, PermissionEntry>()
  readonly #life = new AbortController()
  readonly #ledger: GrantLedger

  constructor(subject: PermissionSubject, { prompts, notify, onChange, ...services }: PermissionServices) {
    this.key = extensionKey(subject.identity)
    this.#subject = subject
    this.#prompts = prompts
    for (const permission of subject.required) this.#entries.set(permission.name, new PermissionEntry(permission, subject.digest, true))
    for (const permission of subject.optional) this.#entries.set(permission.name, new PermissionEntry(permission, subject.digest, false))
    this.#ledger = new GrantLedger({
      ...services, key: this.key, digest: subject.digest, entries: this.#entries, life: this.#life.signal,
      notify: () => notify(this.key),
      onChange: (entry) => onChange(this.key, statusOf(entry)),
    })
  }

  /** What stands now, in the manifest's order. */
  query(): readonly PermissionStatus[] {
    return [...this.#entries.values()].map(statusOf)
  }

  /**
   * Asks for those of `names` that are not granted, in one prompt, and resolves with how they stand then. `once` leaves one at `prompt`.
   *
   * @throws {PermissionError} permission-unknown, permission-denied (the manifest does not ask for it)
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async request(names: PermissionName | readonly PermissionName[], options: RequestOptions = { by: 'host' }): Promise<readonly PermissionStatus[]> {
    const entries = (typeof names === 'string' ? [names] : names).map((name) => this.#entry(name))
    const isAsked = (entry: PermissionEntry): boolean => entry.state === 'prompt' || (options.by === 'host' && entry.state === 'denied')
    for (;;) {
      this.#throwIfOver(options.signal)
      await this.#ledger.freshen()
      const asked = [...new Set(entries.filter(isAsked))]
      if (asked.length === 0) break
      // A revocation while the dialog is open closes it: what is answered afterwards would undo it.
      const signals = asked.map((entry) => entry.signal)
      const byHost = options.by === 'host'
      const answer = await this.#ask({
        entries: asked, when: 'use', isNeeded: () => asked.every(isAsked), byHost, signals: [...signals, ...given(options.signal)],
        apply: (decisions) => this.#ledger.record(asked, decisions.map((decision, index) => (signals[index]?.aborted ? undefined : decision))),
      })
      if (answer.kind === 'moot') continue
      this.#throwIfOver(options.signal)
      if (answer.kind === 'unkept') throw answer.error
      break
    }
    return entries.map(statusOf)
  }

  /**
   * Asks for everything required that is not decided yet, in one prompt. All or nothing.
   *
   * @throws {PermissionError} permission-denied when one of them is denied or nobody answers: nothing is recorded then
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async requestRequired(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#throwIfOver(options.signal)
    await this.reload()
    const isAsked = (entry: PermissionEntry): boolean => entry.isRequired && entry.state === 'prompt'
    const asked = [...this.#entries.values()].filter(isAsked)
    if (asked.length === 0) return
    const denied = (decisions: readonly Decision[]): readonly PermissionEntry[] => asked.filter((_, index) => decisions[index] === 'deny')
    const answer = await this.#ask({
      entries: asked, when: 'install', isNeeded: () => true, byHost: true, signals: given(options.signal),
      apply: async (decisions) => (denied(decisions).length > 0 ? undefined : this.#ledger.record(asked, decisions)),
    })
    this.#throwIfOver(options.signal)
    if (answer.kind === 'unkept') throw answer.error
    if (answer.kind !== 'decided') throw deniedError(namesOf(asked), answer.kind === 'unanswered' ? answer.why : 'left')
    if (denied(answer.decisions).length > 0) throw deniedError(namesOf(denied(answer.decisions)))
  }

  /**
   * Takes a permission back: from now on every use fails with 'permission-revoked', those in flight included, here at once and within a second
   * in other tabs, until the host asks again with `request()`. Rejects when the store cannot keep it; it holds in this page all the same.
   *
   * @throws {PermissionError} permission-unknown, permission-denied (the manifest does not ask for it)
   */
  async revoke(name: PermissionName): Promise<void> {
    const entry = this.#entry(name)
    this.#throwIfOver(undefined)
    await this.#ledger.revoke(entry)
  }

  /**
   * May this use go on? Prompts where nothing was decided; concurrent equal questions share a prompt, `once` is for the first of them.
   *
   * @throws {PermissionError} permission-denied, permission-revoked, permission-unknown
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async authorize(name: PermissionName, use: ScopeUse, options: { readonly signal?: AbortSignal } = {}): Promise<Authorization> {
    const entry = this.#entry(name)
    if (!covers(entry.permission, use)) throw uncoveredError(name, use)
    for (;;) {
      this.#throwIfOver(options.signal)
      await this.#ledger.freshen()
      if (entry.state === 'granted') return entry.authorize()
      if (entry.isRevoked) throw revokedError(name)
      if (entry.state === 'denied') throw deniedError([name])
      const { signal } = entry
      const isNeeded = (): boolean => entry.state === 'prompt'
      const answer = await this.#ask({
        entries: [entry], when: 'use', isNeeded, byHost: false, signals: [signal, ...given(options.signal)],
        apply: async (decisions) => (signal.aborted ? undefined : this.#ledger.record([entry], decisions)),
      })
      this.#throwIfOver(options.signal)
      signal.throwIfAborted()
      if (answer.kind === 'unanswered') throw deniedError([name], answer.why)
      if (answer.kind === 'unkept') throw answer.error
      if (answer.kind === 'decided' && answer.decisions[0] === 'once' && answer.isFirst) return entry.authorize()
    }
  }

  /** The part of the manifest's scope that `use` falls into, in the manifest's words. */
  describe(name: PermissionName, use: ScopeUse): string {
    return describeUsed(this.#entries.get(name)?.permission, use)
  }

  /** Reads the store again: another tab may have decided. */
  reload(): Promise<void> {
    return this.#ledger.reload()
  }

  /** Ends pending prompts and everything that runs under a grant. Idempotent; keeps what is stored. */
  dispose(reason: DisposedError = new DisposedError('disposed', 'The extension was stopped.')): void {
    if (this.#life.signal.aborted) return
    this.#life.abort(reason)
    for (const entry of this.#entries.values()) entry.end(reason)
  }

  #entry(name: PermissionName): PermissionEntry {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw missingError(name)
    return entry
  }

  #ask(question: {
    readonly entries: readonly PermissionEntry[]
    readonly when: PromptRequest['when']
    readonly isNeeded: () => boolean
    readonly byHost: boolean
    readonly apply: (decisions: readonly Decision[]) => Promise<void>
    readonly signals: readonly AbortSignal[]
  }): Promise<PromptAnswer> {
    const { entries, when, signals, ...options } = question
    const { identity, name, digest, unsigned } = this.#subject
    const request = createPromptRequest({ ...identity, name, digest, unsigned }, entries.map(({ permission }) => permission), when)
    return this.#prompts.ask({ ...options, key: this.key, asker: this, request, signal: AbortSignal.any([this.#life.signal, ...signals]) })
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    this.#life.signal.throwIfAborted()
    signal?.throwIfAborted()
  }
}

function statusOf(entry: PermissionEntry): PermissionStatus {
  const { name, scope } = entry.permission
  return Object.freeze({ name, scope, required: entry.isRequired, state: entry.state })
}

function namesOf(entries: readonly PermissionEntry[]): readonly PermissionName[] {
  return entries.map(({ permission }) => permission.name)
}

function given(signal: AbortSignal | undefined): readonly AbortSignal[] {
  return signal === undefined ? [] : [signal]
}
