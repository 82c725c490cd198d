/** The page of rows: headers that sort, cells as text, and the way to the next page. */
import { cleanText } from 'glovebox/ui'
import { el } from '../dom.ts'
import { list, text } from '../guest-value.ts'

export interface RowsQuery {
  readonly sort: string | null
  readonly descending: boolean
  readonly offset: number
}

export interface RowsOptions {
  readonly names: readonly string[]
  readonly rows: readonly unknown[]
  readonly matches: number
  readonly pageRows: number
  readonly query: RowsQuery
  change(next: { sort?: string; descending?: boolean; offset?: number }): void
}

export function rowTable(options: RowsOptions): HTMLElement {
  const { names, rows } = options
  return el(
    'div',
    {},
    el(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Rows' },
      el(
        'table',
        { class: 'rows' },
        el('thead', {}, el('tr', {}, ...names.map((name) => header(name, options)))),
        el('tbody', {}, ...rows.map((row) => el('tr', {}, ...list(row).map((cell) => el('td', {}, cleanText(text(cell), 80)))))),
      ),
    ),
    pager(options),
  )
}

function header(name: string, { query, change }: RowsOptions): HTMLElement {
  const isSorted = query.sort === name
  const direction = query.descending ? 'descending' : 'ascending'
  const next = { sort: name, descending: isSorted && !query.descending, offset: 0 }
  return el(
    'th',
    { scope: 'col', 'aria-sort': isSorted ? direction : undefined },
    el(
      'button',
      { type: 'button', class: 'sort', 'data-key': `sort-${name}`, onclick: () => change(next) },
      cleanText(name, 40),
      el('span', { class: 'sort-mark', 'aria-hidden': 'true' }, isSorted ? (query.descending ? '\u2193' : '\u2191') : '\u2195'),
    ),
  )
}

function pager({ matches, pageRows, query, change }: RowsOptions): HTMLElement {
  const last = Math.min(query.offset + pageRows, matches)
  const move = (label: string, offset: number, isPossible: boolean): HTMLElement =>
    el('button', { type: 'button', class: 'quiet', 'data-key': label, disabled: !isPossible, onclick: () => change({ offset }) }, label)
  return el(
    'div',
    { class: 'pager' },
    move('Previous', Math.max(0, query.offset - pageRows), query.offset > 0),
    el('p', { role: 'status' }, matches === 0 ? 'No rows match.' : `${query.offset + 1}\u2013${last} of ${matches}`),
    move('Next', query.offset + pageRows, last < matches),
  )
}
