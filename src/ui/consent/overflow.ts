/** Says at the dialog's edge what lies below it, so that nobody answers a long list for its first screen. */
import { el } from '../dom.ts'
import type { ConsentWords } from '../words.ts'

export interface OverflowNote {
  readonly element: HTMLElement
  /** Looks now, and whenever what is in view changes. */
  observe(dialog: HTMLElement, footer: HTMLElement): ResizeObserver
}

/** Less than this is a border or a rounded pixel. */
const SLACK_PX = 4

export function overflowNote(words: ConsentWords): OverflowNote {
  const element = el('p', { class: 'below', 'aria-hidden': 'true' })
  return {
    element,
    observe(dialog, footer) {
      const look = (): void => {
        const edge = footer.getBoundingClientRect().top
        const below = [...dialog.querySelectorAll('.permission')].filter((permission) => permission.getBoundingClientRect().top > edge - SLACK_PX)
        element.hidden = dialog.scrollHeight - dialog.clientHeight - dialog.scrollTop <= SLACK_PX
        element.textContent = below.length > 0 ? words.below(below.length) : ''
      }
      dialog.addEventListener('scroll', look, { passive: true })
      const observer = new ResizeObserver(look)
      for (const part of [dialog, ...dialog.children]) observer.observe(part)
      look()
      return observer
    },
  }
}
