/**
 * Does anything lie over an element? Asked of the page's own hit test, which every engine has: another box's dialog that opens above this one, and
 * closes under a click that was meant for it, must not leave Allow armed in its place. What lets clicks through (`pointer-events: none`), and what
 * lies in another document, only Chromium tells (visibility.ts).
 */

/** Nobody answers what was shown for less, ms. */
const LOOK_EVERY_MS = 100

/** Calls `onChange` with each new answer. The first is false unless it says otherwise. @returns ends it */
export function observeCover(target: HTMLElement, onChange: (isCovered: boolean) => void): () => void {
  let wasCovered = false
  const look = (): void => {
    const isNow = isCovered(target)
    if (isNow === wasCovered) return
    wasCovered = isNow
    onChange(isNow)
  }
  look()
  const timer = setInterval(look, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** False where the middle of `target` is scrolled out of view: nothing can be pressed there. */
export function isCovered(target: HTMLElement): boolean {
  const { x, y, width, height } = target.getBoundingClientRect()
  const hit = target.ownerDocument.elementFromPoint(x + width / 2, y + height / 2)
  // In a shadow tree the document names its host.
  return hit !== null && hit !== hostOf(target)
}

/** The element of the document itself that `target` is, or is in, behind however many shadow roots. */
function hostOf(target: Element): Element {
  const root = target.getRootNode()
  return root instanceof ShadowRoot ? hostOf(root.host) : target
}
