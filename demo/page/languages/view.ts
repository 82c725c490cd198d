/** The page of languages: a card for each guest, with its size, and which of them are not built here. */
import { el, fill } from '../dom.ts'
import { describeFailure } from '../failure.ts'
import { card } from '../part/card.ts'
import { panelHead } from '../part/panel-head.ts'
import { formatBytes, loadBuilt, type Built } from './built.ts'
import { LANGUAGES, type LanguageEntry } from './catalogue.ts'

export function languagesView(): HTMLElement {
  const cards = el('ul', { class: 'cards', 'aria-label': 'Guests in other languages' })
  loadBuilt().then(
    (built) => fill(cards, ...LANGUAGES.map((entry) => guestCard(entry, built.get(entry.name)))),
    (error: unknown) => fill(cards, el('li', { class: 'status', 'data-kind': 'failed' }, describeFailure(error).message)),
  )
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead('languages', 'Languages', 'WebAssembly from other compilers, behind the same broker, with the same limits.'),
    cards,
  )
}

function guestCard({ name, title, line, language, kind }: LanguageEntry, built: Built | undefined): HTMLElement {
  const isBuilt = built !== undefined && built.bytes > 0
  return card(name, `${title}, in ${language}`, line, `${kind}, ${isBuilt ? formatBytes(built.bytes) : 'not built here'}`, !isBuilt)
}
