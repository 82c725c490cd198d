/**
 * What one extension must not be told, and by whom it could be: a secret goes to its bound origin alone, so only what that one answers may repeat it.
 * What others answer is not searched: the masks would tell an extension which of its guesses is right, as many a second as its own server can send.
 */
import { Scrub } from './scrubber.ts'

/** Each may hold megabytes; there are as many as origins that secrets are bound to, and pairs of them that redirects join. */
const MAX_SCRUBS = 16

export interface KnownSecret {
  readonly value: string
  /** Of its binding. */
  readonly origin: string
}

export class KnownSecrets {
  readonly #secrets: readonly KnownSecret[]
  /** By what they look for. */
  readonly #scrubs = new Map<string, Scrub>()

  constructor(secrets: readonly KnownSecret[]) {
    this.#secrets = secrets
  }

  /** For an answer that came by way of these. */
  of(...origins: readonly string[]): Scrub | undefined {
    return this.#scrub(this.#secrets.filter(({ origin }) => origins.includes(origin)))
  }

  /** For a line of the log, which may hold anything. */
  get all(): Scrub | undefined {
    return this.#scrub(this.#secrets)
  }

  #scrub(secrets: readonly KnownSecret[]): Scrub | undefined {
    if (secrets.length === 0) return undefined
    const values = [...new Set(secrets.map(({ value }) => value))].sort()
    const name = values.join('\n') // which is in none of them
    const scrub = this.#scrubs.get(name) ?? new Scrub(values)
    if (this.#scrubs.size >= MAX_SCRUBS) this.#scrubs.clear()
    this.#scrubs.set(name, scrub)
    return scrub
  }
}
