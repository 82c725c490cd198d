/** Starts the gallery: the masthead and the rail, one box, and the page that the fragment names. */
import { Bench } from './bench.ts'
import { CATALOGUE } from './catalogue.ts'
import type { Entry } from './catalogue.ts'
import { byId, el, fill } from './dom.ts'
import { describeFailure } from './failure.ts'
import { mark, port } from './icon.ts'
import { LANGUAGES } from './languages/catalogue.ts'
import { languagePanel } from './languages/panel.ts'
import { languagesView } from './languages/view.ts'
import { librariesView } from './libraries/view.ts'
import { openBox, type Glovebox } from './library.ts'
import { home } from './part/home.ts'
import { inspectorView } from './part/inspector-view.ts'
import { panel } from './part/panel.ts'

interface Place {
  readonly name: string
  readonly title: string
  /** Says in the rail whether its extension is there; the libraries' page has many that come and go. */
  readonly bench?: Bench
  /** The place in the rail that stands for it, where it has none of its own. */
  readonly under?: string
  readonly open: () => HTMLElement
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
  const places = createPlaces(box)
  fill(byId('rail'), rail(places))
  const show = (): void => route(places)
  addEventListener('hashchange', show)
  show()
  byId('content').setAttribute('aria-busy', 'false')
}

function createPlaces(box: Glovebox): ReadonlyMap<string, Place> {
  const benches = new Map(CATALOGUE.map(({ name }) => [name, new Bench(box, name)]))
  const toolPlace = (entry: Entry): Place => {
    const bench = benches.get(entry.name) ?? new Bench(box, entry.name)
    const neighbour = async (): Promise<Bench> => {
      const other = benches.get('markdown') ?? bench
      await other.install()
      return other
    }
    return { name: entry.name, title: entry.title, bench, open: () => panel(entry, bench, neighbour), view: undefined }
  }
  const libraries: Place = { name: 'libraries', title: 'Libraries', open: () => librariesView(box), view: undefined }
  const inspector: Place = { name: 'inspector', title: 'Inspector', open: () => inspectorView(box), view: undefined }
  const languages: Place = { name: 'languages', title: 'Languages', open: () => languagesView(), view: undefined }
  const guests = LANGUAGES.map((entry): Place => {
    const bench = new Bench(box, entry.name)
    return { name: entry.name, title: entry.title, under: 'languages', open: () => languagePanel(entry, bench), view: undefined }
  })
  return new Map([...CATALOGUE.map(toolPlace), languages, ...guests, libraries, inspector].map((place) => [place.name, place]))
}

function route(places: ReadonlyMap<string, Place>): void {
  const place = places.get(location.hash.slice(1))
  document.title = place ? `${place.title} \u00b7 glovebox gallery` : 'glovebox gallery'
  for (const link of byId('rail').querySelectorAll('a')) {
    if (link.hash === (place ? `#${place.under ?? place.name}` : '')) {
      link.setAttribute('aria-current', 'page')
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' }) // on a phone the rail scrolls sideways
    } else link.removeAttribute('aria-current')
  }
  if (place === undefined) return fill(byId('content'), home())
  place.view ??= place.open()
  fill(byId('content'), place.view)
  byId('announcer').textContent = `${place.title} opened.`
}

function rail(places: ReadonlyMap<string, Place>): HTMLElement {
  return el(
    'ul',
    {},
    ...[...places.values()].filter(({ under }) => under === undefined).map(({ name, title, bench }) => {
      const dot = el('span', { class: 'rail-state' })
      const show = (): void => {
        dot.textContent = bench?.isRunning ? 'running' : bench?.isKnown ? 'installed' : ''
      }
      bench?.addEventListener('change', show)
      show()
      return el('li', {}, el('a', { href: `#${name}` }, port(name), el('span', { class: 'rail-title' }, title), dot))
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
