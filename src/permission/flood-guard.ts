/**
 * Keeps an extension from wearing the user down: one that was turned away three times within ten minutes for the same permission
 * is turned away without a dialog until they are over. Explicit denials are remembered anyway; this is about dialogs left unanswered.
 * Of its own accord (`request()`) it may ask three times a minute, whatever for.
 */
import type { ExtensionKey } from '../manifest/identity.ts'
import type { PermissionName } from '../manifest/permission.ts'

/** Longer than three dialogs left to their silence. */
const WINDOW_MS = 600_000
const MAX_DENIALS = 3
const REQUEST_WINDOW_MS = 60_000
const MAX_REQUESTS = 3

export class FloodGuard {
  readonly #denials = new Map<string, number[]>()
  readonly #requests = new Map<ExtensionKey, readonly number[]>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  noteDenial(key: ExtensionKey, names: readonly PermissionName[]): void {
    for (const name of names) this.#denials.set(`${key}\n${name}`, [...this.#recent(key, name), this.#now()])
  }

  isShut(key: ExtensionKey, names: readonly PermissionName[]): boolean {
    return names.some((name) => this.#recent(key, name).length >= MAX_DENIALS)
  }

  /** May it ask now? Counts it when it may. */
  admitsRequest(key: ExtensionKey): boolean {
    const now = this.#now()
    const recent = (this.#requests.get(key) ?? []).filter((at) => now - at < REQUEST_WINDOW_MS)
    const isAdmitted = recent.length < MAX_REQUESTS
    this.#requests.set(key, isAdmitted ? [...recent, now] : recent)
    return isAdmitted
  }

  #recent(key: ExtensionKey, name: PermissionName): readonly number[] {
    const slot = `${key}\n${name}`
    const recent = (this.#denials.get(slot) ?? []).filter((at) => this.#now() - at < WINDOW_MS)
    if (recent.length === 0) this.#denials.delete(slot)
    return recent
  }
}
