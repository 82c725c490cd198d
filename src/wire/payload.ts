/**
 * A value on the wire: JSON text with tags for what JSON lacks, and the byte buffers it refers to. A string and flat buffers have a
 * size that is known before anything is parsed, and no structure that structured clone could smuggle (getters, subclasses, cycles, ports).
 */
export interface Payload {
  readonly text: string
  /** Transferred, never copied; `{"$":["bytes",0]}` in `text` refers to the first. */
  readonly buffers: readonly ArrayBuffer[]
}

/** Buffers in one payload: more than an honest value has, few enough to walk. The sender refuses what the receiver would not take. */
export const MAX_BUFFERS = 10_000

export const DEFAULT_VALUE_LIMITS: ValueLimits = Object.freeze({ bytes: 16 * 2 ** 20, depth: 100, nodes: 1_000_000 })

/** Different keys in what a guest sends; see text-weight.ts. */
export const MAX_KEYS = 10_000

/** What a guest sends is parsed by the page, which has other things to do. */
export const GUEST_VALUE_LIMITS: ValueLimits = Object.freeze({ ...DEFAULT_VALUE_LIMITS, keys: MAX_KEYS })

/** An error as it crosses toward the guest (from an allow-list of codes), or out of it (hostile text). */
export interface ErrorRecord {
  /** Class name inside the guest: `PermissionError`, `TypeError`… */
  readonly name: string
  readonly message: string
  /** '' where there is none. */
  readonly code: string
  /** Guest stack; '' toward the guest. */
  readonly stack: string
  /** Where in a value an unsupported part was: `$.items[3].callback`. */
  readonly path?: string
  /** The value that a component's function failed with. */
  readonly payload?: Payload
}

/** How every call over the wire ends; nothing is ever thrown across Comlink. */
export type Outcome = { readonly ok: true; readonly value: Payload } | { readonly ok: false; readonly error: ErrorRecord }

/** Ceilings for one value. */
export interface ValueLimits {
  /** Characters of text plus bytes of buffers. */
  readonly bytes: number
  /** Nesting. Default 100. */
  readonly depth: number
  /** As the text has them: primitives, twice for each object or array, three more for what needs a tag. Default 1 000 000. */
  readonly nodes: number
  /** Different keys over all objects, counted by the sender. Default: any number. */
  readonly keys?: number
}
