/** One row of the audit log in the list: its cells are made once and get new texts as the list is scrolled. Texts are names and codes, cleaned. */
import type { AuditRow } from '../../telemetry/audit-row.ts'
import { cleanText } from '../../util/text.ts'
import { el } from '../dom.ts'
import { shortDigest } from '../short-digest.ts'
import { formatBytes, formatMs, formatTime } from './format.ts'
import { type InspectorWords, limitLabel } from './words.ts'

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
    what: describe(row, words),
    outcome: row.count > 1 ? `${row.outcome} \u00d7${row.count}` : row.outcome,
    duration: row.duration > 0 ? formatMs(row.duration) : '',
    bytes: row.bytesIn + row.bytesOut > 0 ? `${formatBytes(row.bytesIn)} / ${formatBytes(row.bytesOut)}` : '',
  }
  element.dataset['outcome'] = isTrouble(row) ? 'trouble' : 'fine'
  for (const [index, column] of COLUMNS.entries()) {
    const cell = element.children[index]
    const text = cleanText(texts[column], MAX_CHARS)
    if (cell && cell.textContent !== text) cell.textContent = text
    if (column === 'what' || column === 'extension' || column === 'outcome') cell?.setAttribute('title', text)
  }
}

/** A grant's outcome is how long it lasts. */
function isTrouble({ kind, outcome }: AuditRow): boolean {
  return TROUBLE.has(kind) || ((kind === 'capability' || kind === 'stream') && outcome !== 'ok')
}

/** Of a start or a kill, which did nothing but that, it is the code that was run. */
function describe({ method, uses, facts, digest }: AuditRow, words: InspectorWords): string {
  const used = uses.map(({ permission, scope }) => (scope === '' ? permission : `${permission} ${scope}`))
  const noted = Object.entries(facts ?? {}).flatMap(([name, fact]) => {
    if (name === 'limit') return [limitLabel(String(fact), words)]
    return name === 'times' && fact === 1 ? [] : [`${name}=${fact}`]
  })
  const all = [...(method === '' ? [] : [method]), ...used, ...noted]
  return all.length === 0 && digest !== '' ? words.code(shortDigest(digest)) : all.join(' \u00b7 ')
}
