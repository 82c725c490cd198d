/**
 * The chain: every block is signed together with the block before it, by a key that no script can read out (HMAC-SHA-256). It shows changes
 * by those who reach the database but not the page. A script of the page's own origin can use the key: against it, and against a tail that
 * was cut off, only a head helps that is kept elsewhere.
 */
import type { AuditBlock, AuditStore } from '../wire/audit-store.ts'

/** Before the first block. */
export const NO_MAC: string = '0'.repeat(64)

export class AuditChain {
  readonly #key: CryptoKey

  private constructor(key: CryptoKey) {
    this.#key = key
  }

  /** With the store's key; the first of all tabs makes it. */
  static async open(store: AuditStore): Promise<AuditChain> {
    const fresh = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new AuditChain(await store.keepKey(fresh))
  }

  /** Of the block that begins with row `first` and follows the one with `previous`. */
  async sign(previous: string, first: number, text: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', this.#key, new TextEncoder().encode(`${previous}\n${first}\n${text}`))
    return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }

  /** Is it what was written after the block that it says? */
  async isSigned({ previous, first, text, mac }: AuditBlock): Promise<boolean> {
    return (await this.sign(previous, first, text)) === mac
  }
}
