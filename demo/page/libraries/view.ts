/** The page of libraries: a tour through all of them, in each place, one after the other. */
import { el, fill } from '../dom.ts'
import type { Glovebox } from '../library.ts'
import { panelHead } from '../part/panel-head.ts'
import { createStatus } from '../part/status.ts'
import { loadLibraries, type Library } from './catalogue.ts'
import { measure, type Outcome } from './measure.ts'
import { createPlaces, type Place } from './place.ts'
import { createRow } from './row.ts'

interface Tour {
  readonly library: Library
  readonly outcomes: (Outcome | undefined)[]
  readonly show: (current?: number) => void
}

export function librariesView(box: Glovebox): HTMLElement {
  const status = createStatus()
  const rows = el('ul', { class: 'libraries', 'aria-label': 'Libraries' })
  const score = el('ul', { class: 'score', 'aria-label': 'Summary' })
  const run = el('button', { type: 'button', class: 'primary' }, 'Run all')
  const stop = el('button', { type: 'button', class: 'quiet', disabled: true }, 'Stop')
  const places = createPlaces(box)
  let ending = new AbortController()

  const start = async (): Promise<void> => {
    ending = new AbortController()
    run.disabled = true
    run.textContent = 'Run again'
    stop.disabled = false
    try {
      const tours = (await loadLibraries()).map((library) => createTour(library, places))
      fill(rows, ...tours.map(({ element }) => element))
      fill(score)
      for (const [number, { tour }] of tours.entries()) {
        status.done(`Running ${tour.library.library}, ${number + 1} of ${tours.length}.`)
        await takeTour(tour, places, ending.signal)
      }
      fill(score, ...summary(tours.map(({ tour }) => tour)))
      status.done(`All ${tours.length} libraries have run.`)
    } catch (error) {
      status.failed(error)
    }
    run.disabled = false
    stop.disabled = true
  }
  run.addEventListener('click', () => void start())
  stop.addEventListener('click', () => ending.abort(new DOMException('You stopped this run.', 'AbortError')))
  loadLibraries().then((libraries) => {
    if (run.disabled || rows.childElementCount > 0) return
    fill(rows, ...libraries.map((library) => createTour(library, places).element))
    status.done(`${libraries.length} libraries, each in three places: about half a minute of computing.`)
  }, status.failed)
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead('libraries', 'Libraries', 'Packages from npm, bundled as they are, each at a real task. Node ran the same bundles when this page was built.'),
    el('div', { class: 'chamber' }, el('div', { class: 'tool' }, el('div', { class: 'run-bar' }, run, stop), status.element, score, rows)),
  )
}

function createTour(library: Library, places: readonly Place[]): { readonly tour: Tour; readonly element: HTMLElement } {
  const outcomes: (Outcome | undefined)[] = places.map(() => undefined)
  const row = createRow(library, places)
  row.show(outcomes)
  return { tour: { library, outcomes, show: (current) => row.show(outcomes, current) }, element: row.element }
}

async function takeTour({ library, outcomes, show }: Tour, places: readonly Place[], signal: AbortSignal): Promise<void> {
  for (const [index, place] of places.entries()) {
    signal.throwIfAborted()
    show(index)
    outcomes[index] = await measure(place, library, signal)
    show()
  }
}

function summary(tours: readonly Tour[]): readonly HTMLElement[] {
  const [own, plain, raw] = [0, 1, 2].map((index) => tours.map(({ outcomes }) => outcomes[index]))
  if (own === undefined || plain === undefined || raw === undefined) return []
  return [
    card(`${countSame(own)} of ${tours.length}`, 'give Node\u2019s result in an extension', countSame(own) < tours.length ? 'is-bad' : ''),
    card(`${countSame(raw)} of ${tours.length}`, 'give Node\u2019s result in raw QuickJS'),
    card(`${medianRatio(own, plain)} \u00d7`, 'a plain worker\u2019s time, in the median'),
    card(`${medianRatio(own, raw)} \u00d7`, 'raw QuickJS\u2019s time, in the median of those that it runs'),
  ]
}

/** A figure that is neither good nor bad unless `look` says so. */
function card(figure: string, words: string, look = 'is-neutral'): HTMLElement {
  return el('li', { class: look }, el('strong', {}, figure), el('span', {}, words))
}

function countSame(outcomes: readonly (Outcome | undefined)[]): number {
  return outcomes.filter((outcome) => outcome?.verdict === 'same').length
}

/** Over the libraries that give Node's result in both places. */
function medianRatio(ours: readonly (Outcome | undefined)[], theirs: readonly (Outcome | undefined)[]): string {
  const ratios = ours.flatMap((own, index) => {
    const other = theirs[index]
    return own?.verdict === 'same' && other?.verdict === 'same' ? [own.ms / other.ms] : []
  })
  ratios.sort((a, b) => a - b)
  return (ratios[Math.floor(ratios.length / 2)] ?? Number.NaN).toPrecision(2)
}
