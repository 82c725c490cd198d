/**
 * The vault of a box. Its code is loaded when the app or an extension first needs it; an import that failed is tried again. A message from another
 * tab is only a hint to read the store again, as for grants. Each use reads the store besides: what is gone there is not sent from here.
 */
import type { Vault } from '../../capability/host-vault.ts'
import type { OpenVault, Secrets } from '../../capability/secrets.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'
import { loadOnce } from '../../util/load-once.ts'

/** Without word from other tabs, what is to be scrubbed is read again after this. */
const STALE_MS = 500

export interface BoxVaultOptions {
  readonly open: OpenVault
  /** Others may change the store. */
  readonly isShared: boolean
  /** Tells the other tabs; undefined where nothing reaches them. */
  readonly announce: ((message: VaultMessage) => void) | undefined
}

interface VaultMessage {
  readonly kind: 'vault'
  /** Of the extension whose own secrets changed; without it, the app's. */
  readonly key?: ExtensionKey
}

export class BoxVault {
  /** `box.vault`. */
  readonly host: Vault
  /** Of the app, or of an extension. */
  readonly open: OpenVault
  /** Those that are put into requests. */
  readonly secrets: () => Promise<Secrets>
  readonly #options: BoxVaultOptions
  #secrets: Secrets | undefined

  constructor(options: BoxVaultOptions) {
    this.#options = options
    this.open = options.open
    const load = async (): Promise<Vault> => {
      const { createHostVault } = await import('../../capability/host-vault.ts')
      return createHostVault(options.open, () => this.changed())
    }
    this.secrets = loadOnce(() => this.#loadSecrets())
    this.host = Object.freeze<Vault>({
      set: async (...args) => (await load()).set(...args),
      bind: async (...args) => (await load()).bind(...args),
      list: async () => (await load()).list(),
      delete: async (...args) => (await load()).delete(...args),
    })
  }

  /** A line of the extension's log, without the secrets that it has used. */
  scrubText(key: ExtensionKey, text: string): string {
    return this.#secrets?.scrubText(key, text) ?? text
  }

  /** Here: secrets of the app's, or those that this extension keeps. */
  changed(key?: ExtensionKey): void {
    this.#secrets?.changed(key)
    this.#options.announce?.({ kind: 'vault', ...(key !== undefined && { key }) })
  }

  /** From another tab. */
  hear(message: unknown): void {
    const { kind, key }: { readonly kind?: unknown, readonly key?: unknown } = Object(message) // of any form
    if (kind === 'vault') this.#secrets?.changed(typeof key === 'string' ? (key as ExtensionKey) : undefined) // only looked up
  }

  forget(key: ExtensionKey): void {
    this.#secrets?.forget(key)
  }

  async #loadSecrets(): Promise<Secrets> {
    const { open, isShared, announce } = this.#options
    const staleMs = isShared && announce === undefined ? STALE_MS : undefined
    const { Secrets } = await import('../../capability/secrets.ts')
    this.#secrets = new Secrets(open, { staleMs, now: () => performance.now() })
    return this.#secrets
  }
}
