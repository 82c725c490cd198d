/** A way in: a list item that is one link, with what is behind it. */
import { el } from '../dom.ts'
import { port } from '../icon.ts'

export function card(name: string, title: string, line: string, runs: string, isDim = false): HTMLElement {
  return el(
    'li',
    {},
    el(
      'a',
      { href: `#${name}`, class: `card card-${name}${isDim ? ' card-dim' : ''}` },
      port(name),
      el('strong', {}, title),
      el('span', { class: 'card-line' }, line),
      el('span', { class: 'card-runs' }, runs),
    ),
  )
}
