/**
 * What the user has just done in the page: a click, a tap, a key. For some seconds it lets extensions ask for something, those first that the app
 * calls because of it. Nothing that the user does in a dialog of ours counts, nor what was before it: no click buys a row of questions.
 * https://html.spec.whatwg.org/multipage/interaction.html#tracking-user-activation
 */

import type { PlatformPower } from '../../capability/platform.ts'
import type { ExtensionKey } from '../../manifest/identity.ts'

/** About as long as engines count the user as active. */
export const GESTURE_MS = 5_000
/** As long as systems wait for the second click of a double click: the one that answers a question must not hit what lies below its dialog. */
export const SETTLE_MS = 500
/** Until then only extensions that the app calls have a gesture: its click may end long after it began. */
export const HEAD_START_MS = 1_000

/** Where an engine does not tell, everybody counts as active. */
export function isUserActive(): boolean {
  return activation()?.isActive ?? true
}

function activation(): { readonly isActive: boolean } | undefined {
  return globalThis.navigator?.userActivation
}

export class Gesture {
  /** By the watch's clock, ms. */
  readonly at: number
  readonly #called = new Set<ExtensionKey>()
  readonly #taken = new Set<string>()

  constructor(at: number) {
    this.at = at
  }

  /** The app calls that extension because of it: it is for those that it calls. */
  lend(key: ExtensionKey): void {
    this.#called.add(key)
  }

  get isLent(): boolean {
    return this.#called.size > 0
  }

  /** Once for each extension. */
  take(power: PlatformPower, key: ExtensionKey): boolean {
    const slot = `${power} ${key}`
    return !this.#taken.has(slot) && this.#taken.add(slot).has(slot)
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

/** All with which engines count the user as active. */
const EVENTS = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'] as const

export class GestureWatch {
  readonly #options: GestureOptions
  readonly #isActive: () => boolean
  readonly #listener = (event: Event): void => this.#hear(event)
  #last: Gesture | undefined
  /** So long the engine may count the user as active for what is known already. */
  #knownUntil = -Infinity
  readonly #dialogs = new Set<object>()
  #heldSince = 0
  #heldMs = 0
  /** By the watch's clock: before, everything was for a dialog of ours, or led to one. */
  #closedAt = -Infinity
  #settledAt = -Infinity

  constructor(options: GestureOptions) {
    this.#options = options
    this.#isActive = options.isActive ?? (() => activation()?.isActive ?? false)
    for (const type of EVENTS) options.target.addEventListener(type, this.#listener, { capture: true, passive: true })
  }

  /** The last one, as long as it is good. */
  latest(): Gesture | undefined {
    const now = this.#options.now()
    if (!this.#isActive()) this.#knownUntil = -Infinity
    else {
      // Those in frames of the page's are not heard here: only the engine tells of them.
      if (now > this.#knownUntil) this.#begin()
      this.#knownUntil = now + GESTURE_MS
    }
    return this.#last && this.isGood(this.#last) ? this.#last : undefined
  }

  /** None is while a dialog is open; the time that users need for one does not count. */
  isGood({ at }: Gesture): boolean {
    return this.#dialogs.size === 0 && this.#clock() - at < GESTURE_MS
  }

  /** May whoever has it open a dialog? Not when it led to one, or comes from before one. */
  buysDialog(gesture: Gesture): boolean {
    return this.isGood(gesture) && gesture.at > this.#closedAt
  }

  /** What nobody was called for, for those who are not called. */
  unlent(): Gesture | undefined {
    const gesture = this.latest()
    return gesture === undefined || gesture.isLent || this.#clock() - gesture.at < HEAD_START_MS ? undefined : gesture
  }

  /** A dialog of ours opens: what the user does is for it, until the function that comes back is called. */
  hold(): () => void {
    this.latest() // of frames: what has led to it is known from now on
    const dialog = {}
    if (this.#dialogs.size === 0) this.#heldSince = this.#options.now()
    this.#dialogs.add(dialog)
    return () => {
      if (this.#dialogs.delete(dialog) && this.#dialogs.size === 0) this.#release()
    }
  }

  /** Idempotent. */
  dispose(): void {
    for (const type of EVENTS) this.#options.target.removeEventListener(type, this.#listener, { capture: true })
  }

  #release(): void {
    const now = this.#options.now()
    this.#heldMs += now - this.#heldSince
    this.#closedAt = this.#clock()
    // An app that answers by itself takes nobody's clicks away.
    const wasActive = this.#isActive() || now < this.#knownUntil
    if (!wasActive) return
    this.#settledAt = this.#closedAt + SETTLE_MS
    this.#knownUntil = now + GESTURE_MS
  }

  /** Stands still while a dialog is open. */
  #clock(): number {
    return (this.#dialogs.size > 0 ? this.#heldSince : this.#options.now()) - this.#heldMs
  }

  #begin(): void {
    const at = this.#clock()
    if (this.#dialogs.size === 0 && at >= this.#settledAt) this.#last = new Gesture(at)
  }

  #hear(event: Event): void {
    if (!event.isTrusted) return
    if (isBeginning(event)) this.#begin()
    // The others belong to one that has begun, but make the user active for longer.
    this.#knownUntil = this.#options.now() + GESTURE_MS
  }
}

/** Of a mouse what comes first, of fingers and pens what is no scrolling: one of them for each. */
function isBeginning(event: Event): boolean {
  const { type, key, repeat, pointerType }: Partial<KeyboardEvent & PointerEvent> = event
  if (type === 'keydown') return key !== 'Escape' && repeat !== true
  if (type === 'pointerdown') return pointerType === 'mouse'
  return type === 'pointerup' && pointerType !== 'mouse'
}
