/** Starts the gallery: the masthead and the rail, one box, and the page that the fragment names. */
import { Bench } from './bench.ts'
import { CATALOGUE } from './catalogue.ts'
import type { Entry } from './catalogue.ts'
import { byId, el, fill } from './dom.ts'
import { describeFailure } from './failure.ts'
import { mark, port } from './icon.ts'
import { openBox } from './library.ts'
import { home } from './part/home.ts'
import { panel } from './part/panel.ts'

interface Place {
  readonly entry: Entry
  readonly bench: Bench
  view: HTMLElement | undefined
}

async function start(): Promise<void> {
  fill(
    byId('masthead'),
    el('a', { href: '#', class: 'brand' }, mark(), el('span', {}, 'glovebox')),
    el('span', { class: 'tag tag-warn' }, 'trust: development'),
  )
  byId('content').setAttribute('aria-busy', 'true')
  // The skip link must not change the fragment, which names the page.
  document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
    event.preventDefault()
    byId('content').focus()
  })
  const box = await openBox()
  const places = new Map<string, Place>(CATALOGUE.map((entry) => [entry.name, { entry, bench: new Bench(box, entry.name), view: undefined }]))
  fill(byId('rail'), rail(places))
  const show = (): void => route(places)
  addEventListener('hashchange', show)
  show()
  byId('content').setAttribute('aria-busy', 'false')
}

function route(places: ReadonlyMap<string, Place>): void {
  const place = places.get(location.hash.slice(1))
  document.title = place ? `${place.entry.title} \u00b7 glovebox gallery` : 'glovebox gallery'
  for (const link of byId('rail').querySelectorAll('a')) {
    if (link.hash === (place ? location.hash : '')) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (place === undefined) return fill(byId('content'), home())
  const neighbour = async (): Promise<Bench> => {
    const bench = places.get('markdown')?.bench ?? place.bench
    await bench.install()
    return bench
  }
  place.view ??= panel(place.entry, place.bench, neighbour)
  fill(byId('content'), place.view)
  byId('announcer').textContent = `${place.entry.title} opened.`
}

function rail(places: ReadonlyMap<string, Place>): HTMLElement {
  return el(
    'ul',
    {},
    ...[...places.values()].map(({ entry, bench }) => {
      const dot = el('span', { class: 'rail-state' })
      bench.addEventListener('change', () => {
        dot.textContent = bench.isRunning ? 'running' : bench.extension ? 'installed' : ''
      })
      return el('li', {}, el('a', { href: `#${entry.name}` }, port(entry.name), el('span', { class: 'rail-title' }, entry.title), dot))
    }),
  )
}

function showFailure(error: unknown): void {
  const { code, message } = describeFailure(error)
  byId('content').setAttribute('aria-busy', 'false')
  fill(
    byId('content'),
    el(
      'div',
      { class: 'install', role: 'alert' },
      el('h1', {}, 'The box did not open'),
      el('p', {}, el('code', { class: 'code' }, code), ' ', message),
    ),
  )
}

start().catch(showFailure)
