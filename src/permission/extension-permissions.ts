/**
 * The permissions of one extension in this page: answers every use, asks where nothing was decided, and hears of what other tabs decide.
 * Holds nothing of capabilities; who calls is known from whose object this is, never from a message.
 */
import { DisposedError } from '../errors.ts'
import type { Authorization, ScopeUse } from '../manifest/authorization.ts'
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity, ExtensionKey, Installation } from '../manifest/identity.ts'
import { extensionKey } from '../manifest/identity.ts'
import type { Permission, PermissionName, Scope } from '../manifest/permission.ts'
import type { HostPolicy } from '../manifest/policy.ts'
import { admit, keepsGrants, namesOf, type Question } from './admission.ts'
import { scopeWithin } from './decision.ts'
import { deniedError, forbiddenError, gestureError, missingError, narrowedError, revokedError, uncoveredError } from './denial.ts'
import { PermissionEntry } from './entry.ts'
import type { WallClock } from './expiry.ts'
import type { GrantStore, InstallWrite, PermissionDecision } from './grant.ts'
import { GrantLedger } from './ledger.ts'
import { applyPolicy } from './policy.ts'
import { createPromptRequest } from './prompt.ts'
import type { PermissionObserver } from './observer.ts'
import type { PromptAnswer, PromptQueue } from './prompt-queue.ts'
import { covers } from './scope/index.ts'
import { describeUsed } from './scope/used.ts'
import { grantsOf, type PermissionGrant, type PermissionStatus, statusOf } from './status.ts'
import type { PolicyTrial, ReportedUse } from './trial.ts'

/** The code whose permissions these are. Names are unique over both lists: parseManifest sees to it. */
export interface PermissionSubject {
  readonly identity: ExtensionIdentity
  readonly digest: Digest
  /** Read no later than its installed record, or before it is installed: an uninstall raises it. */
  readonly generation: number
  /** For people; hostile text. */
  readonly name: string
  readonly unsigned: boolean
  readonly required: readonly Permission[]
  readonly optional: readonly Permission[]
}

/** What the broker lends to each of its extensions. */
export interface PermissionServices {
  readonly store: GrantStore
  readonly prompts: PromptQueue
  /** Id of whom the extensions work for, and whose decisions `store` holds. */
  readonly decidedFor: string | undefined
  /** Decisions of different tabs are compared, and grants end by it. */
  readonly clock: WallClock
  readonly policy: HostPolicy | undefined
  readonly trial: PolicyTrial | undefined
  readonly observer: PermissionObserver | undefined
  /** Grants older than this are read again before use, ms. */
  readonly staleMs: number
  /** Who has that id now; the same for as long as it stays installed. */
  readonly installationOf: (id: string) => string | undefined
  /** Tells the other tabs that the store changed. */
  readonly notify: (key: ExtensionKey) => void
  /** It was uninstalled, in another tab; all of it here is to end. */
  readonly onUninstall: () => void
  readonly onChange: (key: ExtensionKey, status: PermissionStatus) => void
  /** Resolves when what was decided about the extension is on record. Never rejects. */
  readonly onDecision: (subject: PermissionSubject, decision: PermissionDecision) => Promise<void>
  readonly onReport: (key: ExtensionKey, reported: ReportedUse) => void
}

export interface RequestOptions {
  /** The guest may ask for what is still open, after a gesture of the user's; only the host may ask again what was denied or revoked. */
  readonly by: 'host' | 'guest'
  readonly signal?: AbortSignal
  /** Ids of the extensions that it may be asked for. */
  readonly onBehalfOf?: readonly string[]
  /** Those of them that are certain; undefined: it is for itself. */
  readonly payers?: readonly string[] | undefined
}

export interface AuthorizeOptions {
  readonly signal?: AbortSignal
  /** Of one capability call, which may ask for several things at the same time: what is allowed once is allowed to all with the same one. */
  readonly use?: object
  /** Ids of the extensions that it may be used for. */
  readonly onBehalfOf?: readonly string[]
  /** Those of them that are certain; undefined: it is for itself. */
  readonly payers?: readonly string[] | undefined
}

export interface AdmitOptions {
  readonly signal?: AbortSignal
  /** The code that stands until now. */
  readonly replaces?: Digest
  /** Writes the installed record together with these grants, all or nothing. Default: it stands already, only grants are kept. */
  readonly install?: InstallWrite
}

export class ExtensionPermissions {
  readonly installation: Installation
  readonly #subject: PermissionSubject
  readonly #prompts: PromptQueue
  readonly #services: Pick<PermissionServices, 'policy' | 'trial' | 'observer' | 'onReport' | 'decidedFor'>
  readonly #entries = new Map<PermissionName, PermissionEntry>()
  readonly #life = new AbortController()
  readonly #ledger: GrantLedger

  constructor(subject: PermissionSubject, services: PermissionServices) {
    const { prompts, notify, onChange, onDecision, onUninstall, clock, policy, observer, store, staleMs, installationOf } = services
    this.installation = Object.freeze({ key: extensionKey(subject.identity), generation: subject.generation })
    this.#subject = subject
    this.#prompts = prompts
    this.#services = services
    const changed = (entry: PermissionEntry): void => onChange(this.key, statusOf(entry))
    const add = (isRequired: boolean) => (asked: Permission): void => {
      const terms = observer === undefined ? applyPolicy(policy, subject.identity, asked) : { allowed: asked, presets: [asked] }
      this.#entries.set(asked.name, new PermissionEntry({ asked, isRequired, digest: subject.digest, terms, clock, onExpire: changed }))
    }
    subject.required.forEach(add(true))
    subject.optional.forEach(add(false))
    this.#ledger = new GrantLedger({
      store, staleMs, now: clock.now, digest: subject.digest, entries: this.#entries, life: this.#life.signal,
      installation: this.installation, installationOf,
      notify: () => notify(this.key), onChange: changed, onUninstall,
      onDecision: (decision) => onDecision(subject, decision),
    })
  }

  get key(): ExtensionKey {
    return this.installation.key
  }

  /** What stands now, in the manifest's order. */
  query(): readonly PermissionStatus[] {
    return [...this.#entries.values()].map(statusOf)
  }

  /**
   * What is in force now, in the manifest's order: no more than the policy allows. Where nobody has decided, what the policy grants, which may be
   * several parts of one permission.
   */
  grants(): readonly PermissionGrant[] {
    const { identity, digest } = this.#subject
    const { decidedFor: subject } = this.#services
    return [...this.#entries.values()].flatMap((entry) => grantsOf(entry, { identity, digest, subject }))
  }

  /**
   * Asks for those of `names` that are not granted, in one prompt, and resolves with how they stand then. `once` leaves one at `prompt`.
   *
   * @throws {PermissionError} permission-unknown; permission-denied: the manifest does not ask for it, the policy forbids it, a guest asks unprompted
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async request(names: PermissionName | readonly PermissionName[], options: RequestOptions = { by: 'host' }): Promise<readonly PermissionStatus[]> {
    const entries = (typeof names === 'string' ? [names] : names).map((name) => this.#entry(name))
    const byHost = options.by === 'host'
    const isAsked = (entry: PermissionEntry): boolean => entry.state === 'prompt' || (byHost && entry.state === 'denied' && !entry.isForbidden)
    const forbidden = entries.filter((entry) => entry.isForbidden)
    if (byHost && forbidden.length > 0) throw forbiddenError(namesOf(forbidden))
    for (;;) {
      await this.#ledger.freshen()
      this.#throwIfOver(options.signal)
      const asked = [...new Set(entries.filter(isAsked))]
      if (asked.length === 0) break
      // A revocation while the dialog is open closes it: what is answered afterwards would undo it.
      const signals = asked.map((entry) => entry.revocation)
      const answer = await this.#ask({
        entries: asked, when: 'use', isNeeded: () => asked.every(isAsked), by: options.by, onBehalfOf: options.onBehalfOf, payers: options.payers, signals: [...signals, ...given(options.signal)],
        apply: (decisions) => this.#ledger.record(asked, decisions.map((decision, index) => (signals[index]?.aborted ? undefined : decision))),
      })
      if (answer.kind === 'moot') continue
      this.#throwIfOver(options.signal)
      if (answer.kind === 'unkept') throw answer.error
      if (answer.kind === 'unanswered' && answer.why === 'gesture') throw gestureError(namesOf(asked))
      break
    }
    return entries.map(statusOf)
  }

  /**
   * Asks for everything required that is not decided yet, in one prompt. All or nothing. What was granted to the code that this one replaces
   * goes on where this one asks for no more.
   *
   * @throws {PermissionError} permission-denied when one of them is forbidden or denied, or nobody answers: nothing is recorded then
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async requestRequired({ signal, replaces, install }: AdmitOptions = {}): Promise<void> {
    const { identity, digest } = this.#subject
    const isKept = replaces !== digest && keepsGrants(identity, this.#services.policy)
    this.#throwIfOver(signal)
    await admit({
      required: [...this.#entries.values()].filter((entry) => entry.isRequired),
      ledger: this.#ledger, replaces: isKept ? replaces : undefined, install, signals: given(signal),
      ask: (question) => this.#ask(question), throwIfOver: () => this.#throwIfOver(signal),
    })
  }

  /**
   * What was granted to the code that this one replaced goes on, as at an install: it was somebody else who installed this one, or another tab.
   * Where anything was decided about this code, that stands alone.
   */
  async inherit(replaced: Digest): Promise<void> {
    const { identity, digest } = this.#subject
    if (replaced === digest || this.#ledger.isDecided || !keepsGrants(identity, this.#services.policy)) return
    await this.#ledger.keepInherited(this.#ledger.inherit(replaced)).catch(() => undefined) // it holds in this page; the next one does the same
    this.#throwIfOver(undefined)
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
   * Takes back all of a grant but `scope`; what runs under it ends with 'permission-revoked', and may begin again within the scope.
   *
   * @throws {PermissionError} permission-unknown; permission-denied: it is not granted
   * @throws {RangeError} `scope` is none of this permission's, not within what is granted, or covers nothing
   */
  async narrow(name: PermissionName, scope: Scope): Promise<void> {
    const entry = this.#entry(name)
    this.#throwIfOver(undefined)
    if (entry.inForce.length === 0) throw deniedError([name])
    const [narrower] = entry.inForce.flatMap((part) => scopeWithin(part, scope) ?? [])
    if (narrower === undefined) {
      throw new RangeError(`narrow("${name}"): expected a scope of that permission within what is granted, that covers something; revoke() takes back all of it.`)
    }
    await this.#ledger.narrow(entry, narrower)
  }

  /**
   * May this use go on? Prompts where nothing was decided; concurrent equal questions share a prompt, `once` is for the first use of them.
   *
   * @throws {PermissionError} permission-denied, permission-revoked, permission-unknown
   * @throws {DisposedError} disposed; or the signal's reason
   */
  async authorize(name: PermissionName, use: ScopeUse, options: AuthorizeOptions = {}): Promise<Authorization> {
    const { trial, observer, onReport } = this.#services
    if (observer !== undefined) return this.#observe(observer, name, use)
    const authorization = await this.#authorize(name, use, options)
    const reported = trial?.note(this.#subject.identity, this.#entry(name).asked, use)
    if (reported !== undefined) onReport(this.key, reported)
    return authorization
  }

  /** Reports what would not install under the policy that is only tried. */
  tryInstall(): void {
    const { trial, onReport } = this.#services
    for (const reported of trial?.noteInstall(this.#subject.identity, this.#subject.required) ?? []) onReport(this.key, reported)
  }

  #observe(observer: PermissionObserver, name: PermissionName, use: ScopeUse): Authorization {
    this.#throwIfOver(undefined)
    const entry = this.#entries.get(name)
    if (entry?.isRevoked === true) throw revokedError(name)
    return observer.authorize({ key: this.key, name, use, signal: entry?.signal ?? this.#life.signal })
  }

  async #authorize(name: PermissionName, use: ScopeUse, options: AuthorizeOptions): Promise<Authorization> {
    const entry = this.#entry(name)
    if (!covers(entry.permission, use)) throw uncoveredError(name, use, covers(entry.asked, use) ? 'policy' : 'manifest')
    if (entry.isForbidden) throw forbiddenError([name])
    let isJustAllowed = false
    for (;;) {
      await this.#ledger.freshen()
      this.#throwIfOver(options.signal)
      const granted = entry.authorize(use)
      if (granted !== undefined) return isJustAllowed ? justAllowed(granted) : granted
      if (entry.isRevoked) throw revokedError(name)
      if (entry.state === 'denied') throw deniedError([name])
      if (entry.state === 'granted' && !entry.isAboutOther(use)) throw narrowedError(name, use)
      const signal = entry.revocation
      const isNeeded = (): boolean => entry.state === 'prompt' || entry.isAboutOther(use)
      const answer = await this.#ask({
        entries: [entry], when: 'use', isNeeded, by: 'use', use: options.use, onBehalfOf: options.onBehalfOf, payers: options.payers, signals: [signal, ...given(options.signal)],
        apply: async (decisions) => (signal.aborted ? undefined : this.#ledger.record([entry], decisions)),
      })
      this.#throwIfOver(options.signal)
      signal.throwIfAborted()
      if (answer.kind === 'unanswered') throw deniedError([name], answer.why)
      if (answer.kind === 'unkept') throw answer.error
      const decision = answer.kind === 'decided' && answer.isFirst ? answer.decisions[0] : undefined
      isJustAllowed = decision !== undefined
      if (decision?.word !== 'once') continue
      const once = entry.authorizeOnce(use, decision.scope)
      if (once === undefined) throw narrowedError(name, use)
      return justAllowed(once)
    }
  }

  /** The part of the manifest's scope that `use` falls into, in the manifest's words. */
  describe(name: PermissionName, use: ScopeUse, scrub: (text: string) => string): string {
    return describeUsed(this.#entries.get(name)?.permission, use, scrub)
  }

  /** Reads the store again: another tab may have decided. @throws {DisposedError} disposed */
  async reload(): Promise<void> {
    await this.#ledger.reload()
    this.#throwIfOver(undefined)
  }

  /** Ends pending prompts and everything that runs under a grant. Idempotent; keeps what is stored. */
  dispose(reason: DisposedError = new DisposedError('disposed', 'The extension was stopped.')): void {
    if (this.#life.signal.aborted) return
    this.#life.abort(reason)
    for (const entry of this.#entries.values()) entry.dispose(reason)
  }

  #entry(name: PermissionName): PermissionEntry {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw missingError(name)
    return entry
  }

  #ask({ entries, when, signals, onBehalfOf, ...options }: Question): Promise<PromptAnswer> {
    const { identity, name, digest, unsigned } = this.#subject
    const request = createPromptRequest({ ...identity, name, digest, unsigned }, entries.map(({ permission }) => permission), when, onBehalfOf)
    return this.#prompts.ask({ ...options, key: this.key, asker: this, request, signal: AbortSignal.any([this.#life.signal, ...signals]) })
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    this.#life.signal.throwIfAborted()
    signal?.throwIfAborted()
  }
}

function justAllowed(authorization: Authorization): Authorization {
  return Object.freeze({ ...authorization, isJustAllowed: true })
}

function given(signal: AbortSignal | undefined): readonly AbortSignal[] {
  return signal === undefined ? [] : [signal]
}
