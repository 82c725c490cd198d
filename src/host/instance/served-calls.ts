/**
 * For whom one instance works, by the page's own count: the calls that it serves now, and whom it has served since its memory was fresh. In
 * memory that serves several calls nothing tells for which of them something is done: it is done for all of them, those that ended included.
 */
import type { CallStack, Provenance } from '../../capability/provenance.ts'
import type { PackageManifest } from '../../manifest/manifest.ts'

/** For whom a call is made. */
export interface Behalf {
  /** Ids of those who wait for it, the outermost first. */
  readonly chain: readonly string[]
  /** Those, and all others whom the one that made it may have worked for. */
  readonly callers: readonly string[]
  /** Calls within calls; not less than the chain is long. */
  readonly depth: number
}

/** Of ids, in one list: more than extensions call each other. */
const MAX_CALLERS = 64
/** Stands for those that are beyond; no extension's id. */
const OTHERS = '\u2026'
const NOBODY: Behalf = Object.freeze({ chain: [], callers: [], depth: 0 })

export interface ServedCallsOptions {
  /** It serves its calls one after the other: what it does is done for the first. */
  readonly isSerial: boolean
  /** Those who waited when it was started. */
  readonly startedFor: readonly Behalf[]
}

export class ServedCalls implements Provenance {
  readonly #isSerial: boolean
  readonly #open = new Map<number, Behalf>()
  /** Those who wait for its start; empty once it serves. */
  #starting: readonly Behalf[]
  /** Whose calls have ended, the latest first. */
  #past: readonly string[] = []
  #deepestPast: Behalf = NOBODY
  #callers: readonly string[] | undefined

  constructor({ isSerial, startedFor }: ServedCallsOptions) {
    this.#isSerial = isSerial
    this.#starting = startedFor
  }

  /** A call is handed to it; what comes back is called when it has ended. */
  begin(call: number, behalf: Behalf = NOBODY): () => void {
    this.#starting = []
    this.#callers = undefined
    this.#open.set(call, behalf)
    return () => {
      if (this.#open.delete(call)) this.#keep(behalf)
    }
  }

  /**
   * Its memory is fresh again: nothing in it is left of what it did, of calls that were left in the middle neither. Of those an end may still come,
   * or never: until then the next call's work would be done in their name.
   */
  forget(): void {
    this.#starting = []
    this.#open.clear()
    this.#past = []
    this.#deepestPast = NOBODY
    this.#callers = undefined
  }

  get callers(): readonly string[] {
    const now = this.#now()
    this.#callers ??= capped([...now.flatMap(({ chain }) => chain), ...now.flatMap(({ callers }) => callers), ...this.#past])
    return this.#callers
  }

  get payers(): readonly string[] {
    const [first, ...others] = this.#now()
    return first === undefined ? [] : first.chain.filter((id) => others.every(({ chain }) => chain.includes(id)))
  }

  stackOf(call: number | undefined): CallStack {
    const now = this.#now()
    const [first] = this.#open.keys()
    const id = this.#isSerial ? first : call
    const named = id === undefined ? undefined : this.#open.get(id)
    const deepest = (named === undefined ? [...now, this.#deepestPast] : now).reduce(deeper, NOBODY)
    const waiting = named === undefined ? now : [named]
    return {
      call: named === undefined ? undefined : id,
      chain: (named ?? deepest).chain,
      waiting: new Set(waiting.flatMap(({ chain }) => chain)),
      depth: deepest.depth,
    }
  }

  #now(): readonly Behalf[] {
    const [first] = this.#open.values()
    if (first === undefined) return this.#starting
    return this.#isSerial ? [first] : [...this.#open.values()]
  }

  #keep(behalf: Behalf): void {
    if (behalf === NOBODY) return
    this.#past = capped([...behalf.callers, ...this.#past])
    this.#deepestPast = deeper(this.#deepestPast, behalf)
    this.#callers = undefined
  }
}

/** Does each instance work for one call at a time? */
export function isSerial({ lane, lifetime }: PackageManifest): boolean {
  return lifetime === 'call' || lane !== 'script'
}

/** Each once, the first of them; where some are left out, `OTHERS` says so. */
export function capped(ids: readonly string[]): readonly string[] {
  const unique = new Set(ids)
  const isCut = unique.delete(OTHERS) || unique.size > MAX_CALLERS
  return isCut ? [...[...unique].slice(0, MAX_CALLERS), OTHERS] : [...unique]
}

function deeper(one: Behalf, other: Behalf): Behalf {
  return other.depth > one.depth ? other : one
}
