/**
 * What the user has just done in the page: a click, a tap, a key. It lets extensions ask for something for some seconds, and each power once, to
 * whoever comes first: no click buys a row of dialogs, nor one that comes when it is long forgotten.
 * https://html.spec.whatwg.org/multipage/interaction.html#tracking-user-activation
 */

import type { PlatformPower } from '../capability/platform.ts'

/** `request`: a permission, of its own accord. */
export type GesturePower = 'request' | PlatformPower

/** About as long as engines count the user as active. */
export const GESTURE_MS = 5_000

/** Where an engine does not tell, everybody counts as active. */
export function isUserActive(): boolean {
  return activation()?.isActive ?? true
}

function activation(): { readonly isActive: boolean } | undefined {
  return globalThis.navigator?.userActivation
}

export class Gesture {
  /** Of the watch's clock, ms. */
  readonly at: number
  readonly #taken = new Set<GesturePower>()
  #isSpent = false

  constructor(at: number) {
    this.at = at
  }

  /** True for the first who takes that power of it. */
  take(power: GesturePower): boolean {
    if (this.#isSpent || this.#taken.has(power)) return false
    this.#taken.add(power)
    return true
  }

  /** It was meant for something else. */
  spend(): void {
    this.#isSpent = true
  }
}

export interface GestureOptions {
  /** Hears the events: the window. */
  readonly target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  /** ms, monotonic. */
  readonly now: () => number
  /** Does the engine count the user as active? */
  readonly isActive?: () => boolean
}

/** Of a mouse what comes first, of fingers and pens what is no scrolling: one of them for each. */
const EVENTS = ['keydown', 'pointerdown', 'pointerup'] as const

export class GestureWatch {
  readonly #options: GestureOptions
  readonly #isActive: () => boolean
  readonly #listener = (event: Event): void => this.#hear(event)
  #last: Gesture | undefined
  #wasInactive = false

  constructor(options: GestureOptions) {
    this.#options = options
    this.#isActive = options.isActive ?? (() => activation()?.isActive ?? false)
    for (const type of EVENTS) options.target.addEventListener(type, this.#listener, { capture: true, passive: true })
  }

  /** The last one, as long as it is good. */
  latest(): Gesture | undefined {
    const now = this.#options.now()
    const isActive = this.#isActive()
    // Those in frames of the page's are not heard here: only the engine tells of them.
    if (isActive && (this.#wasInactive || !this.#isGood(now))) this.#last = new Gesture(now)
    this.#wasInactive = !isActive
    return this.#isGood(now) ? this.#last : undefined
  }

  /** What the user has done since `before` was to answer a question. */
  spendSince(before: Gesture | undefined): void {
    const last = this.latest()
    if (last !== before) last?.spend()
  }

  /** Idempotent. */
  dispose(): void {
    for (const type of EVENTS) this.#options.target.removeEventListener(type, this.#listener, { capture: true })
  }

  #isGood(now: number): boolean {
    return this.#last !== undefined && now - this.#last.at < GESTURE_MS
  }

  #hear(event: Event): void {
    if (!event.isTrusted || !isActivating(event)) return
    this.#last = new Gesture(this.#options.now())
    this.#wasInactive = false
  }
}

function isActivating(event: Event): boolean {
  const { type, key, repeat, pointerType }: Partial<KeyboardEvent & PointerEvent> = event
  if (type === 'keydown') return key !== 'Escape' && repeat !== true
  return (type === 'pointerdown') === (pointerType === 'mouse')
}
