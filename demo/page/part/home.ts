/** The first page: what this is in one look, and the ways in. */
import { CATALOGUE } from '../catalogue.ts'
import { el } from '../dom.ts'
import { card } from './card.ts'
import { diagram } from './diagram.ts'

const RINGS = [
  ['Language', 'The guest is WebAssembly, or JavaScript inside an engine that is WebAssembly. It reaches its imports and nothing else.'],
  ['Origin', 'The engine sits in a worker in a frame with an opaque origin and a policy without network.'],
  ['Broker', 'Every wish to the outside is a message to this page, checked against what you granted.'],
] as const

export function home(): HTMLElement {
  return el(
    'div',
    { class: 'home' },
    el(
      'section',
      { class: 'hero', 'aria-labelledby': 'hero-title' },
      el(
        'div',
        {},
        el('h1', { id: 'hero-title' }, 'Strangers\u2019 code, at arm\u2019s length.'),
        el(
          'p',
          { class: 'lead' },
          'Libraries that never heard of a sandbox, programs from Rust to Python, and one extension that is out to harm you: all of them run in this page, and none can do more than you allow.',
        ),
      ),
      diagram(),
    ),
    el(
      'ul',
      { class: 'cards', 'aria-label': 'Extensions to open' },
      ...CATALOGUE.map(({ name, title, line, runs }) => card(name, title, line, runs)),
      card('languages', 'Languages', 'Programs in Rust, C, Zig, Go, Python and more, as WebAssembly.', 'components, WASI, Extism\u2026'),
      card('libraries', 'Libraries', 'Packages from npm at work, measured beside a plain worker.', 'marked, d3, Luxon, XState\u2026'),
    ),
    el(
      'section',
      { 'aria-labelledby': 'rings-title' },
      el('h2', { id: 'rings-title' }, 'Three rings, each holding if the one inside it falls'),
      el('ol', { class: 'rings' }, ...RINGS.map(([name, words]) => el('li', {}, el('h3', {}, name), el('p', {}, words)))),
    ),
  )
}
