/** The vault of a box. Its code is loaded when the app or an extension first needs it; an import that failed is tried again. */
import type { Vault } from '../capability/host-vault.ts'
import type { OpenVault, Secrets } from '../capability/secrets.ts'
import type { ExtensionKey } from '../manifest/identity.ts'

export class BoxVault {
  /** `box.vault`. */
  readonly host: Vault
  readonly #open: OpenVault
  #loading: Promise<Secrets> | undefined
  #secrets: Secrets | undefined

  constructor(open: OpenVault) {
    this.#open = open
    const load = async (): Promise<Vault> => {
      const { createHostVault } = await import('../capability/host-vault.ts')
      return createHostVault(open, () => this.changed())
    }
    this.host = Object.freeze<Vault>({
      set: async (...args) => (await load()).set(...args),
      bind: async (...args) => (await load()).bind(...args),
      list: async () => (await load()).list(),
      delete: async (...args) => (await load()).delete(...args),
    })
  }

  async secrets(): Promise<Secrets> {
    this.#loading ??= import('../capability/secrets.ts').then(({ Secrets }) => (this.#secrets ??= new Secrets(this.#open)))
    try {
      return await this.#loading
    } catch (error) {
      this.#loading = undefined
      throw error
    }
  }

  /** A line of the extension's log, without the secrets that it has used. */
  scrubText(key: ExtensionKey, text: string): string {
    return this.#secrets?.scrubText(key, text) ?? text
  }

  changed(): void {
    this.#secrets?.changed()
  }

  forget(key: ExtensionKey): void {
    this.#secrets?.forget(key)
  }
}
