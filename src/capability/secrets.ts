/**
 * The vault of one page: finds the secret that an extension names, for one request, and what is to be scrubbed from all that this extension is told.
 * A guest meets values of its own only: what the app shares goes from here into a header.
 */
import { type ExtensionIdentity, extensionKey, type ExtensionKey } from '../manifest/identity.ts'
import { bindingName, type SealedStore } from '../wire/sealed-store.ts'
import { CapabilityError } from './capability.ts'
import { inStore } from './in-store.ts'
import { headerValue, isBoundTo, type ResolvedBinding } from './secret-binding.ts'
import { isBindable } from './secret-forms.ts'
import { isFor, readBinding, readShared, type SharedSecret } from './secret-record.ts'
import { Scrub } from './scrubber.ts'

/** The extension's own; without a key, the app's, and bindings. */
export type OpenVault = (key?: ExtensionKey) => SealedStore

interface Bound {
  readonly value: string
  readonly binding: ResolvedBinding
  /** Under which it is remembered: a new value of an extension's own replaces the old one, which it knows, those of the app's add up. */
  readonly memory: string
}

export class Secrets {
  readonly #open: OpenVault
  /** Values that were used in this page; a server may still repeat one that was replaced or deleted. */
  readonly #used = new Map<ExtensionKey, Map<string, string>>()
  readonly #scrubs = new Map<ExtensionKey, Promise<Scrub | undefined>>()
  /** The same, for those who cannot wait. */
  readonly #ready = new Map<ExtensionKey, Scrub>()

  constructor(open: OpenVault) {
    this.#open = open
  }

  /**
   * The header for a request of `identity` that names `name`. Authorized by the caller.
   *
   * @throws {CapabilityError} secret-unavailable, alike for one that is not there and one that is somebody else's; store-failed
   */
  async headerFor(identity: ExtensionIdentity, name: string, url: URL, method: string): Promise<readonly [name: string, value: string]> {
    const bound = await inStore(() => this.#find(identity, name))
    const shown = JSON.stringify(name)
    if (bound === undefined) throw unavailable(`There is no secret ${shown} that this extension may use.`)
    const { binding, value, memory } = bound
    if (!isBoundTo(binding, url, method)) {
      throw unavailable(`The secret ${shown} is for ${binding.methods.join(', ')} of ${binding.origin}${binding.path} only.`)
    }
    if (!isBindable(value)) throw unavailable(`The secret ${shown} cannot be put into a header: it is too short, too long, or not visible ASCII.`)
    this.#remember(extensionKey(identity), memory, value)
    return [binding.header, headerValue(binding, value)]
  }

  /** What nothing that this extension is told may hold: every secret that it may use, or has used in this page. */
  scrubFor(identity: ExtensionIdentity): Promise<Scrub | undefined> {
    const key = extensionKey(identity)
    const known = this.#scrubs.get(key)
    if (known !== undefined) return known
    const making = inStore(() => this.#makeScrub(identity))
    this.#scrubs.set(key, making)
    making.then((scrub) => {
      if (this.#scrubs.get(key) !== making) return
      if (scrub === undefined) this.#ready.delete(key)
      else this.#ready.set(key, scrub)
    }, () => this.#scrubs.delete(key))
    return making
  }

  /** A line of the extension's log, without what is known to be secret by now. */
  scrubText(key: ExtensionKey, text: string): string {
    return this.#ready.get(key)?.text(text) ?? text
  }

  /** Something in the store changed. */
  changed(): void {
    this.#scrubs.clear()
  }

  /** Uninstalled. */
  forget(key: ExtensionKey): void {
    for (const map of [this.#used, this.#scrubs, this.#ready]) map.delete(key)
  }

  /** The app's own first: no guest can put itself in the place of a secret that the app shares with it. */
  async #find(identity: ExtensionIdentity, name: string): Promise<Bound | undefined> {
    const text = await this.#open().get(name)
    const shared = text === undefined ? undefined : readShared(text)
    if (text !== undefined && shared === undefined) throw damagedError()
    if (shared !== undefined && isFor(shared.extensions, identity)) return { ...shared, memory: `app ${shared.value}` }
    return this.#findOwn(extensionKey(identity), name)
  }

  async #findOwn(key: ExtensionKey, name: string): Promise<Bound | undefined> {
    const text = await this.#open().get(bindingName(key, name))
    const binding = text === undefined ? undefined : readBinding(text)
    const value = binding && (await this.#open(key).get(name))
    return binding === undefined || value === undefined ? undefined : { value, binding, memory: `own ${name}` }
  }

  #remember(key: ExtensionKey, memory: string, value: string): void {
    const used = this.#used.get(key) ?? new Map<string, string>()
    if (used.get(memory) === value) return
    used.set(memory, value)
    this.#used.set(key, used)
    this.#scrubs.delete(key)
  }

  async #makeScrub(identity: ExtensionIdentity): Promise<Scrub | undefined> {
    const key = extensionKey(identity)
    const own = bindingName(key, '')
    const values = new Set(this.#used.get(key)?.values())
    for (const name of await this.#open().names()) {
      const isOwn = name.startsWith(own)
      if (!isOwn && name.includes('\n')) continue
      // One that is damaged cannot be used, and must not keep the others from being scrubbed.
      const found = await (isOwn ? this.#findOwn(key, name.slice(own.length)) : this.#readShared(name)).catch(() => undefined)
      if (found !== undefined && isBindable(found.value) && (!('extensions' in found) || isFor(found.extensions, identity))) values.add(found.value)
    }
    return values.size === 0 ? undefined : new Scrub(values)
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
