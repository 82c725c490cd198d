/** The first page: what this is in one look, and the ways in. */
import { CATALOGUE } from '../catalogue.ts'
import { el } from '../dom.ts'
import { port } from '../icon.ts'
import { diagram } from './diagram.ts'

const RINGS = [
  ['Language', 'The guest is JavaScript inside QuickJS inside WebAssembly. It reaches its imports and nothing else.'],
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
          'Six extensions run in this page. Five are useful, most of them built on libraries that never heard of a sandbox. One is out to harm you. None can do more than you allow.',
        ),
      ),
      diagram(),
    ),
    el(
      'ul',
      { class: 'cards', 'aria-label': 'Extensions to open' },
      ...CATALOGUE.map(({ name, title, line, runs }) =>
        el(
          'li',
          {},
          el(
            'a',
            { href: `#${name}`, class: `card card-${name}` },
            port(name),
            el('strong', {}, title),
            el('span', { class: 'card-line' }, line),
            el('span', { class: 'card-runs' }, runs),
          ),
        ),
      ),
      el(
        'li',
        {},
        el(
          'a',
          { href: '#libraries', class: 'card' },
          port('libraries'),
          el('strong', {}, 'Libraries'),
          el('span', { class: 'card-line' }, 'Packages from npm at work, measured beside a plain worker.'),
          el('span', { class: 'card-runs' }, 'marked, d3, Luxon, XState\u2026'),
        ),
      ),
    ),
    el(
      'section',
      { 'aria-labelledby': 'rings-title' },
      el('h2', { id: 'rings-title' }, 'Three rings, each holding if the one inside it falls'),
      el('ol', { class: 'rings' }, ...RINGS.map(([name, words]) => el('li', {}, el('h3', {}, name), el('p', {}, words)))),
    ),
  )
}
