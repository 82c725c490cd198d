/** One row of the audit log in the list: its cells are made once and get new texts as the list is scrolled. Texts are names and codes, cleaned. */
import type { AuditRow } from '../../telemetry/audit-row.ts'
import { cleanText } from '../../util/text.ts'
import { el } from '../dom.ts'
import { formatBytes, formatMs, formatTime } from './format.ts'
import type { InspectorWords } from './words.ts'

const COLUMNS = ['time', 'kind', 'extension', 'what', 'outcome', 'duration', 'bytes'] as const
const MAX_CHARS = 200
const TROUBLE: ReadonlySet<AuditRow['kind']> = new Set(['denial', 'revocation', 'limit', 'kill', 'loss'])

export function auditHead({ columns }: InspectorWords): HTMLElement {
  const cells = COLUMNS.map((column) => el('span', { class: column, role: 'columnheader' }, columns[column]))
  return el('div', { class: 'head', role: 'rowgroup' }, el('div', { class: 'row', role: 'row' }, ...cells))
}

export function createAuditRow(): HTMLElement {
  return el('div', { class: 'row', role: 'row' }, ...COLUMNS.map((column) => el('span', { class: column, role: 'cell' })))
}

export function fillAuditRow(element: HTMLElement, row: AuditRow, words: InspectorWords): void {
  const texts: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    time: formatTime(row.time),
    kind: words.kinds[row.kind],
    extension: row.extension,
    what: describe(row),
    outcome: row.count > 1 ? `${row.outcome} \u00d7${row.count}` : row.outcome,
    duration: row.duration > 0 ? formatMs(row.duration) : '',
    bytes: row.bytesIn + row.bytesOut > 0 ? `${formatBytes(row.bytesIn)} / ${formatBytes(row.bytesOut)}` : '',
  }
  element.dataset['outcome'] = isTrouble(row) ? 'trouble' : 'fine'
  for (const [index, column] of COLUMNS.entries()) {
    const cell = element.children[index]
    const text = cleanText(texts[column], MAX_CHARS)
    if (cell && cell.textContent !== text) cell.textContent = text
    if (cell && column === 'what') cell.setAttribute('title', text)
  }
}

/** A grant's outcome is how long it lasts. */
function isTrouble({ kind, outcome }: AuditRow): boolean {
  return TROUBLE.has(kind) || ((kind === 'capability' || kind === 'stream') && outcome !== 'ok')
}

function describe({ method, uses, facts }: AuditRow): string {
  const used = uses.map(({ permission, scope }) => (scope === '' ? permission : `${permission} ${scope}`))
  const noted = Object.entries(facts ?? {}).map(([name, fact]) => `${name}=${fact}`)
  return [...(method === '' ? [] : [method]), ...used, ...noted].join(' \u00b7 ')
}
