/**
 * Does the user see the whole of an element? Chromium's IntersectionObserver v2 also knows of what lies over it, or of effects on the frame
 * that the page is in; the others know only whether it is within the visible part of the page. Never asked for a decision alone.
 * https://w3c.github.io/IntersectionObserver/v2/
 */

/** Slightly less than all: a fraction of a pixel is cut off at odd zooms. */
const WHOLE = 0.97
/** v2 demands it, ms. */
const MIN_DELAY_MS = 100

interface VisibilityInit extends IntersectionObserverInit {
  readonly trackVisibility: boolean
  readonly delay: number
}

/** Calls `onChange` with each new answer. @returns ends it */
export function observeVisibility(element: Element, onChange: (isVisible: boolean) => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return () => undefined
  const knowsCover = 'isVisible' in IntersectionObserverEntry.prototype
  const init: VisibilityInit = { threshold: [0, WHOLE], trackVisibility: knowsCover, delay: knowsCover ? MIN_DELAY_MS : 0 }
  const observer = new IntersectionObserver((entries) => {
    const last = entries.at(-1)
    if (last === undefined) return
    const isWhole = last.intersectionRatio >= WHOLE
    onChange(isWhole && (!knowsCover || Reflect.get(last, 'isVisible') === true))
  }, init)
  observer.observe(element)
  return () => observer.disconnect()
}
