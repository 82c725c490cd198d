/**
 * Keeps an extension from wearing the user down: one that was turned away three times within ten minutes for the same permission
 * is turned away without a dialog until they are over. Explicit denials are remembered anyway; this is about dialogs left unanswered.
 * Of its own accord (`request()`) it may ask three times a minute, whatever for. What it asks because others called is counted for those it asks
 * for, each by itself: they cannot have it turned away when it asks for itself, nor each other.
 */
import type { ExtensionKey } from '../manifest/identity.ts'
import type { PermissionName } from '../manifest/permission.ts'

/** Longer than three dialogs left to their silence. */
const WINDOW_MS = 600_000
const MAX_DENIALS = 3
const REQUEST_WINDOW_MS = 60_000
const MAX_REQUESTS = 3

export interface Asker {
  readonly key: ExtensionKey
  /** Ids of those it asks for, as far as they are certain; undefined: it asks for itself. */
  readonly payers?: readonly string[] | undefined
}

/** Stands for those whom nobody can tell; no extension's id. */
const OTHERS = '\u2026'

export class FloodGuard {
  readonly #denials = new Map<string, number[]>()
  readonly #requests = new Map<string, readonly number[]>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  noteDenial(asker: Asker, names: readonly PermissionName[]): void {
    for (const slot of slotsOf(asker, names)) this.#denials.set(slot, [...this.#recent(slot), this.#now()])
  }

  isShut(asker: Asker, names: readonly PermissionName[]): boolean {
    return slotsOf(asker, names).some((slot) => this.#recent(slot).length >= MAX_DENIALS)
  }

  /** May it ask now? Counts it when it may. */
  admitsRequest(asker: Asker): boolean {
    const now = this.#now()
    const requests = slotsOf(asker, ['']).map((slot) => [slot, (this.#requests.get(slot) ?? []).filter((at) => now - at < REQUEST_WINDOW_MS)] as const)
    const isAdmitted = requests.every(([, recent]) => recent.length < MAX_REQUESTS)
    for (const [slot, recent] of requests) this.#requests.set(slot, isAdmitted ? [...recent, now] : recent)
    return isAdmitted
  }

  #recent(slot: string): readonly number[] {
    const recent = (this.#denials.get(slot) ?? []).filter((at) => this.#now() - at < WINDOW_MS)
    if (recent.length === 0) this.#denials.delete(slot)
    return recent
  }
}

function slotsOf({ key, payers }: Asker, names: readonly string[]): readonly string[] {
  const owners = payers === undefined ? [''] : payers.length > 0 ? payers : [OTHERS]
  return names.flatMap((name) => owners.map((owner) => `${key}\n${name}\n${owner}`))
}
