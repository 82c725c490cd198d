/** The extension's log, oldest first, as text: each line behind its time and level, and before the place in the source that wrote it. Redrawn at most once a frame: a flood of lines must not become a flood of layout. */
import type { Bench, LogLine } from '../bench.ts'
import { el, fill } from '../dom.ts'

const SHOWN = 60

export function logList(bench: Bench): { readonly element: HTMLElement; update(): void } {
  const lines = el('ol', { class: 'log' })
  const region = el('div', { class: 'log-scroll', tabindex: 0, role: 'region', 'aria-label': 'Log lines' }, lines)
  const frame = { isAsked: false }
  const draw = (): void => {
    frame.isAsked = false
    if (bench.lines.length === 0) fill(lines, el('li', { class: 'none' }, 'Silent.'))
    else fill(lines, ...bench.lines.slice(-SHOWN).map(logItem))
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

function logItem({ level, text, time, call, place }: LogLine): HTMLElement {
  const clock = new Date(time).toLocaleTimeString(undefined, { hour12: false })
  return el(
    'li',
    { 'data-level': level, title: call === undefined ? 'outside calls' : `call ${call}` },
    el('time', { datetime: new Date(time).toISOString() }, clock),
    el('b', {}, level),
    el('span', { class: 'log-text' }, text),
    el('span', { class: 'log-place' }, place),
  )
}
