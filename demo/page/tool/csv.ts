/** The CSV explorer: a file or the sample, figures per column, and one page of rows at a time from the extension's memory. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, number, text } from '../guest-value.ts'
import type { Fields } from '../guest-value.ts'
import { createStatus } from '../part/status.ts'
import { runBar, toolForm } from '../part/run-bar.ts'
import SAMPLE from '../sample/huts.csv?raw'
import { columnCard } from './csv-column.ts'
import { rowTable } from './csv-rows.ts'

const PAGE_ROWS = 10

interface Query {
  sort: string | null
  descending: boolean
  filter: string
  offset: number
}

export function csvTool(bench: Bench): HTMLElement {
  const query: Query = { sort: null, descending: false, filter: '', offset: 0 }
  const loaded: { source: string; columns: readonly Fields[] } = { source: SAMPLE, columns: [] }
  const status = createStatus()
  const cards = el('ul', { class: 'columns wide', 'aria-label': 'Columns' })
  const rows = el('div', { class: 'wide' })

  const show = async (): Promise<void> => {
    const view = fields(await bench.run('view', [{ ...query, limit: PAGE_ROWS }]))
    const names = loaded.columns.map((column) => text(column.get('name')))
    const focused = focusKey()
    fill(rows, rowTable({ names, rows: list(view.get('rows')), matches: number(view.get('matches')), pageRows: PAGE_ROWS, query, change }))
    if (focused !== undefined) rows.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus()
  }
  const change = (next: Partial<Query>): void => {
    Object.assign(query, next)
    show().catch(status.failed)
  }
  const open = async (): Promise<void> => {
    try {
      const table = fields(await bench.run('open', [loaded.source]))
      loaded.columns = list(table.get('columns')).map(fields)
      fill(cards, ...loaded.columns.map(columnCard))
      Object.assign(query, { sort: null, descending: false, offset: 0 })
      await show()
      status.done(
        `${number(table.get('rowCount'))} rows in ${loaded.columns.length} columns, ` +
          `separated by \u201c${cleanText(text(table.get('delimiter')), 10)}\u201d.`,
      )
    } catch (error) {
      status.failed(error)
    }
  }
  const pick = filePicker((source) => {
    loaded.source = source
    void open()
  })
  const filter = filterField((value) => change({ filter: value, offset: 0 }))
  void open()
  return toolForm('', () => void open(), runBar(bench, 'Read again', pick, filter), status.element, cards, rows)
}

/** Sorting redraws the table; the focus returns to the same control of the new one. */
function focusKey(): string | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined
}

function filePicker(onText: (text: string) => void): HTMLElement {
  const input = el('input', { type: 'file', id: 'csv-file', accept: '.csv,.tsv,text/csv', class: 'file-input' })
  input.addEventListener('change', () => void input.files?.[0]?.text().then(onText))
  return el('span', { class: 'file' }, input, el('label', { for: 'csv-file', class: 'button quiet' }, 'Open a file\u2026'))
}

function filterField(onChange: (value: string) => void): HTMLElement {
  const input = el('input', { type: 'search', id: 'csv-filter', placeholder: 'any cell contains\u2026' })
  input.addEventListener('input', () => onChange(input.value))
  return el('div', { class: 'inline-field grow' }, el('label', { for: 'csv-filter' }, 'Filter'), input)
}
