/** The page of languages: a card for each guest, with its size, and which of them are not built here. */
import { el, fill } from '../dom.ts'
import { describeFailure } from '../failure.ts'
import { card } from '../part/card.ts'
import { panelHead } from '../part/panel-head.ts'
import { formatBytes, loadBuilt, type Built } from './built.ts'
import { LANGUAGES } from './catalogue.ts'

export function languagesView(): HTMLElement {
  const cards = el('ul', { class: 'cards', 'aria-label': 'Guests in other languages' })
  loadBuilt().then(
    (built) => fill(cards, ...LANGUAGES.map(({ name, title, line, language, kind }) => card(name, `${title}, in ${language}`, line, words(kind, built.get(name))))),
    (error: unknown) => fill(cards, el('li', { class: 'status', 'data-kind': 'failed' }, describeFailure(error).message)),
  )
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead('languages', 'Languages', 'WebAssembly from other compilers, behind the same broker, with the same limits.'),
    cards,
  )
}

function words(kind: string, built: Built | undefined): string {
  return built === undefined || built.bytes === 0 ? `${kind}, not built here` : `${kind}, ${formatBytes(built.bytes)}`
}
