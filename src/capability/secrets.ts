/**
 * The vault of one page: finds the secret that an extension names, for one request, and what is to be scrubbed from all that this extension is told.
 * A guest meets values of its own only: what the app shares goes from here into a header.
 */
import type { ExtensionIdentity, ExtensionKey, Installation } from '../manifest/identity.ts'
import { bindingName, type SealedStore } from '../wire/sealed-store.ts'
import { CapabilityError } from './capability.ts'
import { inStore } from './in-store.ts'
import { type KnownSecret, KnownSecrets } from './known-secrets.ts'
import { headerValue, isBoundTo, type ResolvedBinding } from './secret-binding.ts'
import { isBindable } from './secret-forms.ts'
import { isFor, readBinding, readShared, type SharedSecret } from './secret-record.ts'

/** The extension's own; without an installation, the app's, and bindings. A signal ends what goes on in it, unless it is done. */
export type OpenVault = (installation?: Installation, signal?: AbortSignal) => SealedStore

/** An extension that secrets are found for. */
export interface SecretUser {
  readonly identity: ExtensionIdentity
  readonly installation: Installation
}

export interface SecretsOptions {
  /** What was read longer ago is read again before use, ms; undefined where others tell us of changes. */
  readonly staleMs: number | undefined
  /** ms, monotonic. */
  readonly now: () => number
}

interface Bound {
  readonly value: string
  readonly binding: ResolvedBinding
  readonly owner: 'app' | 'extension'
}

/** Values of one secret of the app's, for one origin, that an answer may still repeat: those used last. */
const MAX_FORMER = 16

interface Reading {
  readonly at: number
  readonly known: Promise<KnownSecrets>
}

export class Secrets {
  readonly #open: OpenVault
  readonly #options: SecretsOptions
  /** Secrets that were used in this page; a server may still repeat one that was replaced, bound elsewhere or deleted. */
  readonly #used = new Map<ExtensionKey, Map<string, KnownSecret>>()
  readonly #readings = new Map<ExtensionKey, Reading>()
  /** How often something changed: of the app's, and of an extension's own. */
  #changes = 0
  readonly #ownChanges = new Map<ExtensionKey, number>()
  /** The last reading, for those who cannot wait. */
  readonly #ready = new Map<ExtensionKey, KnownSecrets>()

  constructor(open: OpenVault, options: SecretsOptions) {
    this.#open = open
    this.#options = options
  }

  /**
   * The header for a request of `user` that names `name`. Authorized by the caller.
   *
   * @throws {CapabilityError} secret-unavailable, alike for one that is not there and one that is somebody else's; store-failed
   */
  async headerFor(user: SecretUser, name: string, url: URL, method: string): Promise<readonly [name: string, value: string]> {
    const bound = await inStore(() => this.#find(user, name))
    const shown = JSON.stringify(name)
    if (bound === undefined) throw unavailable(`There is no secret ${shown} that this extension may use.`)
    const { binding, value } = bound
    if (!isBoundTo(binding, url, method)) {
      throw unavailable(`The secret ${shown} is for ${binding.methods.join(', ')} of ${binding.origin}${binding.path} only.`)
    }
    if (!isBindable(value)) throw unavailable(`The secret ${shown} cannot be put into a header: it is too short, too long, or not visible ASCII.`)
    this.#remember(user.installation.key, name, bound)
    return [binding.header, headerValue(binding, value)]
  }

  /** Every secret that this extension may use, or has used in this page. @throws {CapabilityError} store-failed */
  knownTo(user: SecretUser): Promise<KnownSecrets> {
    const { key } = user.installation
    const { now, staleMs = Infinity } = this.#options
    const last = this.#readings.get(key)
    if (last !== undefined && now() - last.at < staleMs) return last.known
    const reading: Reading = { at: now(), known: inStore(() => this.#read(user)) }
    this.#readings.set(key, reading)
    reading.known.then((known) => {
      if (this.#readings.get(key) === reading) this.#ready.set(key, known)
    }, () => {
      if (this.#readings.get(key) === reading) this.#readings.delete(key)
    })
    return reading.known
  }

  /** A line of the extension's log, without what is known to be secret by now. */
  scrubText(key: ExtensionKey, text: string): string {
    return this.#ready.get(key)?.all?.text(text) ?? text
  }

  /** Something in the store changed, of one extension or, without a key, of any. */
  changed(key?: ExtensionKey): void {
    if (key === undefined) {
      this.#changes++
      this.#readings.clear()
    } else {
      this.#ownChanges.set(key, (this.#ownChanges.get(key) ?? 0) + 1)
      this.#readings.delete(key)
    }
  }

  /** Another number than before: what was read for the extension may have changed since. */
  changesFor(key: ExtensionKey): number {
    return this.#changes + (this.#ownChanges.get(key) ?? 0)
  }

  /** Uninstalled. */
  forget(key: ExtensionKey): void {
    for (const map of [this.#used, this.#readings, this.#ready, this.#ownChanges]) map.delete(key)
  }

  /** The app's own first: no guest can put itself in the place of a secret that the app shares with it. */
  async #find({ identity, installation }: SecretUser, name: string): Promise<Bound | undefined> {
    const text = await this.#open().get(name)
    const shared = text === undefined ? undefined : readShared(text)
    if (text !== undefined && shared === undefined) throw damagedError()
    if (shared !== undefined && isFor(shared.extensions, identity)) return { ...shared, owner: 'app' }
    return this.#findOwn(installation, name)
  }

  async #findOwn(installation: Installation, name: string): Promise<Bound | undefined> {
    const text = await this.#open().get(bindingName(installation.key, name))
    const binding = text === undefined ? undefined : readBinding(text)
    const value = binding && (await this.#open(installation).get(name))
    return binding === undefined || value === undefined ? undefined : { value, binding, owner: 'extension' }
  }

  /** A new value of an extension's own replaces the old one, which it knows; of the app's, some former ones are kept beside it. */
  #remember(key: ExtensionKey, name: string, { value, binding: { origin }, owner }: Bound): void {
    const used = this.#used.get(key) ?? new Map<string, KnownSecret>()
    const place = `${owner} ${name} ${origin} `
    const memory = owner === 'app' ? place + value : place
    if (used.get(memory)?.value === value) return
    used.set(memory, { value, origin })
    const former = [...used.keys()].filter((other) => other.startsWith(place))
    for (const old of former.slice(0, -MAX_FORMER)) used.delete(old)
    this.#used.set(key, used)
    this.#readings.delete(key)
  }

  async #read({ identity, installation }: SecretUser): Promise<KnownSecrets> {
    const { key } = installation
    const own = bindingName(key, '')
    const known = [...(this.#used.get(key)?.values() ?? [])]
    for (const name of await this.#open().names()) {
      const isOwn = name.startsWith(own)
      if (!isOwn && name.includes('\n')) continue
      // One that is damaged cannot be used, and must not keep the others from being scrubbed.
      const found = await (isOwn ? this.#findOwn(installation, name.slice(own.length)) : this.#readShared(name)).catch(() => undefined)
      if (found === undefined || !isBindable(found.value) || ('extensions' in found && !isFor(found.extensions, identity))) continue
      known.push({ value: found.value, origin: found.binding.origin })
    }
    return new KnownSecrets(known)
  }

  async #readShared(name: string): Promise<SharedSecret | undefined> {
    return readShared((await this.#open().get(name)) ?? '')
  }
}

function unavailable(message: string): CapabilityError {
  return new CapabilityError('secret-unavailable', message)
}

function damagedError(): CapabilityError {
  return new CapabilityError('store-failed', 'The secret is damaged.')
}
