/** The extension's log, oldest first, as text. Redrawn at most once a frame: a flood of lines must not become a flood of layout. */
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'

const SHOWN = 60

export function logList(bench: Bench): { readonly element: HTMLElement; update(): void } {
  const lines = el('ol', { class: 'log' })
  const region = el('div', { class: 'log-scroll', tabindex: 0, role: 'region', 'aria-label': 'Log lines' }, lines)
  const frame = { isAsked: false }
  const draw = (): void => {
    frame.isAsked = false
    if (bench.lines.length === 0) fill(lines, el('li', { class: 'none' }, 'Silent.'))
    else fill(lines, ...bench.lines.slice(-SHOWN).map(({ level, text }) => el('li', { 'data-level': level }, text)))
    region.scrollTop = region.scrollHeight
  }
  draw()
  return {
    element: region,
    update: () => {
      if (frame.isAsked) return
      frame.isAsked = true
      requestAnimationFrame(draw)
    },
  }
}
