/**
 * The permissions of a box: one `ExtensionPermissions` for each running piece of code, the prompts they share, and word from other tabs.
 * A message from another tab is only a hint to read the store again: whoever can post one can make us read, and nothing else.
 */
import { DisposedError } from '../errors.ts'
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionKey } from '../manifest/identity.ts'
import type { HostPolicy } from '../manifest/policy.ts'
import { SYMBOL_DISPOSE } from '../util/dispose.ts'
import type { SetTimer } from '../util/timer.ts'
import type { AdmitOptions, PermissionSubject } from './extension-permissions.ts'
import { ExtensionPermissions } from './extension-permissions.ts'
import type { GrantStore, PermissionDecision } from './grant.ts'
import type { PermissionObserver } from './observer.ts'
import type { Prompt } from './prompt.ts'
import { type AskedFor, PromptQueue } from './prompt-queue.ts'
import type { PermissionStatus } from './status.ts'
import type { PolicyTrial, ReportedUse } from './trial.ts'

/** Without a channel, grants read longer ago than this are read again before use. */
const STALE_MS = 500
/** With one, too: a tab that decides may be closed or frozen before it tells. */
const STALE_WITH_CHANNEL_MS = 10_000

/** The part of BroadcastChannel that is used. */
export type GrantChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'>

export interface PermissionBrokerOptions {
  readonly store: GrantStore
  /** Id of whom the extensions work for, and whose decisions `store` holds. Default: nobody is named. */
  readonly subject?: string | undefined
  /** Undefined: whatever would prompt is denied. */
  readonly prompt: Prompt | undefined
  /** `glovebox:<name>`; stays the caller's, who closes it. Undefined where the engine has none. */
  readonly channel: GrantChannel | undefined
  /** ms since 1970. */
  readonly now: () => number
  readonly setTimer: SetTimer
  /** What extensions may have at all. Default: whatever is granted. */
  readonly policy?: HostPolicy
  /** Who has that id now, in words that change when it is uninstalled: grants about it are about that one. Default: nobody. */
  readonly installationOf?: (id: string) => string | undefined
  /** A policy that is only tried. */
  readonly trial?: PolicyTrial
  /** Allows everything instead, and records it. */
  readonly observer?: PermissionObserver
  /** `trial` would deny what was just used. */
  readonly onReport?: (key: ExtensionKey, reported: ReportedUse) => void
  /** Has the user just done something for which a guest may ask of its own accord? Default: always. */
  readonly hasGesture?: (key: ExtensionKey) => boolean
  /** May a guest's use or request become a question now? Counts it when it may. Default: always. */
  readonly takePrompt?: (asked: AskedFor) => boolean
  /** A question was not asked, because the extension asks too often or too many of its questions wait. */
  readonly onPromptRefused?: (asked: AskedFor, why: 'flood' | 'queue-full') => void
  /** A permission's state changed, here or in another tab. */
  readonly onChange?: (key: ExtensionKey, status: PermissionStatus) => void
  /** Another tab uninstalled the extension; these permissions are closed. What uses them is to end. */
  readonly onUninstall?: (permissions: ExtensionPermissions, reason: DisposedError) => void
  /** Resolves when what was decided is on record; a grant takes effect only then. Never rejects. */
  readonly onDecision?: (subject: PermissionSubject, decision: PermissionDecision) => Promise<void>
  /** The extension began to wait for the user; its deadlines should stand still. `onPromptClose` always follows. */
  readonly onPromptOpen?: (key: ExtensionKey) => void
  readonly onPromptClose?: (key: ExtensionKey) => void
}

export class PermissionBroker {
  readonly #options: PermissionBrokerOptions
  readonly #prompts: PromptQueue
  /** Several for one key while an update is being installed beside the code it replaces. */
  readonly #open = new Set<ExtensionPermissions>()
  readonly #listener = (event: MessageEvent): void => this.#hear(event.data)
  #isDisposed = false

  constructor(options: PermissionBrokerOptions) {
    const { prompt, now, setTimer, hasGesture, takePrompt, onPromptRefused, onPromptOpen, onPromptClose } = options
    this.#options = options
    this.#prompts = new PromptQueue({
      prompt, now, setTimer, ...(hasGesture && { hasGesture }), ...(takePrompt && { takePrompt }),
      ...(onPromptRefused && { onRefused: onPromptRefused }), ...(onPromptOpen && { onOpen: onPromptOpen }), ...(onPromptClose && { onClose: onPromptClose }),
    })
    options.channel?.addEventListener('message', this.#listener)
  }

  /**
   * The permissions of an installed extension, as the store has them; asks nobody. The caller disposes them (`close`).
   *
   * @param replaced  the code that stood before: where nobody has decided about this one, what was granted to that goes on
   *
   * @throws {DisposedError} disposed
   */
  async open(subject: PermissionSubject, replaced?: Digest): Promise<ExtensionPermissions> {
    const permissions = this.#create(subject)
    try {
      await permissions.reload()
      if (replaced !== undefined) await permissions.inherit(replaced)
      return permissions
    } catch (error) {
      this.close(permissions)
      throw error
    }
  }

  /**
   * The same for one that is being installed: asks for what it requires, in one prompt, unless the code that it `replaces` was granted as much.
   *
   * @throws {PermissionError} permission-denied: nothing was recorded
   * @throws {DisposedError} disposed; or the signal's reason; or what `install` does: then nothing of it was kept either
   */
  async admit(subject: PermissionSubject, options: AdmitOptions = {}): Promise<ExtensionPermissions> {
    const permissions = this.#create(subject)
    try {
      await permissions.requestRequired(options)
      return permissions
    } catch (error) {
      this.close(permissions)
      throw error
    }
  }

  /** Ends what waits for or runs under these permissions; what is stored stays. Idempotent. */
  close(permissions: ExtensionPermissions): void {
    this.#open.delete(permissions)
    permissions.dispose()
  }

  /** Uninstall: closes all permissions of the extension, and has the other tabs do so once `remove` has removed it from the store. */
  async forget(key: ExtensionKey, remove: () => Promise<void>): Promise<void> {
    for (const permissions of [...this.#open]) if (permissions.key === key) this.close(permissions)
    await remove()
    this.#notify(key)
  }

  /** Everything that waits settles. Idempotent. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#options.channel?.removeEventListener('message', this.#listener)
    const reason = new DisposedError('disposed', 'The box was disposed.')
    for (const permissions of this.#open) permissions.dispose(reason)
    this.#open.clear()
    this.#prompts.dispose()
  }

  [SYMBOL_DISPOSE](): void {
    this.dispose()
  }

  #create(subject: PermissionSubject): ExtensionPermissions {
    if (this.#isDisposed) throw new DisposedError('disposed', 'The box was disposed.')
    const { store, subject: decidedFor, now, setTimer, channel, policy, trial, observer, onChange, onDecision, onReport } = this.#options
    const permissions = new ExtensionPermissions(subject, {
      store, decidedFor, clock: { now, setTimer }, policy, trial, observer, prompts: this.#prompts,
      installationOf: (id) => this.#options.installationOf?.(id),
      staleMs: channel === undefined ? STALE_MS : STALE_WITH_CHANNEL_MS,
      notify: (key) => this.#notify(key, permissions),
      onChange: (key, status) => onChange?.(key, status),
      onDecision: async (of, decision) => onDecision?.(of, decision),
      onReport: (key, reported) => onReport?.(key, reported),
      onUninstall: () => this.#uninstalled(permissions),
    })
    this.#open.add(permissions)
    return permissions
  }

  #uninstalled(permissions: ExtensionPermissions): void {
    const reason = new DisposedError('disposed', 'The extension was uninstalled in another tab.')
    this.#open.delete(permissions)
    permissions.dispose(reason)
    this.#options.onUninstall?.(permissions, reason)
  }

  #notify(key: ExtensionKey, from?: ExtensionPermissions): void {
    try {
      this.#options.channel?.postMessage({ kind: 'grants', key })
    } catch {
      // closed with the box: the others read it when what they have is old
    }
    this.#reload(key, from)
  }

  #hear(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('kind' in message) || message.kind !== 'grants' || !('key' in message)) return
    this.#reload(message.key)
  }

  #reload(key: unknown, except?: ExtensionPermissions): void {
    for (const permissions of this.#open) {
      // A store that fails now keeps what is known; the next use that has to read it fails then, and says why.
      if (permissions.key === key && permissions !== except) permissions.reload().catch(() => undefined)
    }
  }
}
