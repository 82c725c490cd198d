/**
 * Against click-jacking: Allow works only after the dialog has stood still, whole and uncovered for a while, and only for a person's own event. A
 * click meant for what was there a moment ago, or lured into a place to which the dialog is then moved, finds it unarmed.
 */
import { isCovered, observeCover } from './cover.ts'
import { observeVisibility } from './visibility.ts'

export interface ArmingOptions {
  readonly dialog: HTMLElement
  /** What is to be pressed; it must lie where it lay when it was armed. */
  readonly target: HTMLElement
  /** Between the last disturbance and being armed, ms. */
  readonly delayMs: number
  readonly onChange: (state: ArmingState) => void
}

/** `covered`: the user does not see the whole dialog, as far as the engine can tell. */
export type ArmingState = 'waiting' | 'covered' | 'armed'

export class Arming {
  readonly #options: ArmingOptions
  readonly #life = new AbortController()
  readonly #observer: ResizeObserver
  readonly #unobserve: readonly (() => void)[]
  #timer: ReturnType<typeof setTimeout> | undefined
  #place: DOMRect | undefined
  #isVisible = true
  #isCovered = false

  /** The dialog must be open. */
  constructor(options: ArmingOptions) {
    this.#options = options
    const { dialog } = options
    const view = dialog.ownerDocument.defaultView ?? window
    const again = (): void => this.reset()
    const { signal } = this.#life
    for (const type of ['resize', 'blur', 'focus']) view.addEventListener(type, again, { signal })
    dialog.ownerDocument.addEventListener('visibilitychange', again, { signal })
    this.#observer = new ResizeObserver(again)
    this.#observer.observe(dialog)
    this.#unobserve = [
      observeVisibility(dialog, (isVisible) => {
        if (isVisible === this.#isVisible) return
        this.#isVisible = isVisible
        this.reset()
      }),
      observeCover(options.target, (isCovered) => {
        this.#isCovered = isCovered
        this.reset()
      }),
    ]
    this.reset()
  }

  /** Waits from now on, anew. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#place = undefined
    if (this.#life.signal.aborted) return
    const isSeen = this.#isVisible && !this.#isCovered
    this.#options.onChange(isSeen ? 'waiting' : 'covered')
    if (isSeen) this.#timer = setTimeout(() => this.#arm(), this.#options.delayMs)
  }

  /** Is this event a person's answer to what they see? Where it is not, the waiting begins anew. */
  accepts(event: Event): boolean {
    // An event of a script says nothing about the person; it must not keep Allow off either.
    if (!event.isTrusted) return false
    const { target } = this.#options
    if (this.#place !== undefined && isSamePlace(this.#place, target.getBoundingClientRect()) && !isCovered(target)) return true
    this.reset()
    return false
  }

  dispose(): void {
    this.#life.abort()
    clearTimeout(this.#timer)
    this.#observer.disconnect()
    for (const end of this.#unobserve) end()
  }

  #arm(): void {
    if (this.#options.dialog.ownerDocument.visibilityState === 'hidden') return // it comes back with an event
    this.#place = this.#options.target.getBoundingClientRect()
    this.#options.onChange('armed')
  }
}

function isSamePlace(one: DOMRect, other: DOMRect): boolean {
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1
  return isNear(one.x, other.x) && isNear(one.y, other.y) && isNear(one.width, other.width) && isNear(one.height, other.height)
}
