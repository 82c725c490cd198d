/**
 * What one extension must not be told, and by whom it could be: a secret goes to its bound origin alone, so only what that one answers may repeat it.
 * What others answer is not searched: the masks would tell an extension which of its guesses is right, as many a second as its own server can send.
 */
import { Scrub } from './scrubber.ts'

/** Of those that are kept for answers; there are as many as origins that secrets are bound to, and pairs of them that redirects join. */
const MAX_SCRUB_BYTES = 32 * 2 ** 20

export interface KnownSecret {
  readonly value: string
  /** Of its binding. */
  readonly origin: string
}

export class KnownSecrets {
  readonly #secrets: readonly KnownSecret[]
  /** By what they look for; the one that was used last is the last. */
  readonly #scrubs = new Map<string, Scrub>()
  #all: Scrub | undefined

  constructor(secrets: readonly KnownSecret[]) {
    this.#secrets = secrets
  }

  /** For an answer that came by way of these. */
  of(...origins: readonly string[]): Scrub | undefined {
    return this.#scrub(this.#secrets.filter(({ origin }) => origins.includes(origin)))
  }

  /** For a line of the log, which may hold anything. */
  get all(): Scrub | undefined {
    this.#all ??= this.#scrub(this.#secrets) // a guest may log ten thousand lines a second
    return this.#all
  }

  #scrub(secrets: readonly KnownSecret[]): Scrub | undefined {
    if (secrets.length === 0) return undefined
    const values = [...new Set(secrets.map(({ value }) => value))].sort()
    const name = values.join('\n') // which is in none of them
    const scrub = this.#scrubs.get(name) ?? new Scrub(values)
    this.#scrubs.delete(name)
    this.#scrubs.set(name, scrub)
    this.#evict()
    return scrub
  }

  /** All but the one that was used last, however large that is. */
  #evict(): void {
    let bytes = [...this.#scrubs.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
    for (const [name, { byteLength }] of this.#scrubs) {
      if (bytes <= MAX_SCRUB_BYTES || this.#scrubs.size === 1) return
      this.#scrubs.delete(name)
      bytes -= byteLength
    }
  }
}
