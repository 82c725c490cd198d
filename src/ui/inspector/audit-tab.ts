/** The audit log: filters, a list of as many rows as there are, the whole as a file, and the check of its chain. */
import type { AuditFilter } from '../../telemetry/audit-query.ts'
import type { AuditKind, AuditRow } from '../../telemetry/audit-row.ts'
import { cleanText } from '../../util/text.ts'
import { el } from '../dom.ts'
import { AuditFeed } from './audit-feed.ts'
import { createAuditRow, fillAuditRow, auditHead } from './audit-row.ts'
import type { InspectedBox } from './box.ts'
import { formatCount } from './format.ts'
import type { Tab } from './tab.ts'
import { VirtualList } from './virtual-list.ts'
import type { InspectorWords } from './words.ts'

const ROW_PX = 34
/** Three lines where there is little room. */
const NARROW_ROW_PX = 84
const NARROW_PX = 640

export function auditTab(words: InspectorWords, onFilter: () => void): Tab {
  const feed = new AuditFeed()
  let box: InspectedBox | undefined
  const filters = auditFilters(words, () => restart())
  const count = el('p', { class: 'count', role: 'status' })
  const list = new VirtualList({
    label: words.tabs.audit,
    rowHeight: () => (list.element.classList.toggle('narrow', list.element.clientWidth < NARROW_PX) ? NARROW_ROW_PX : ROW_PX),
    createRow: createAuditRow,
    fillRow: (row, index) => {
      const shown = feed.rows[index]
      if (shown) fillAuditRow(row, shown, words)
    },
    onEnd: () => void older(),
  }, auditHead(words))
  const show = (added = 0): void => {
    list.update(feed.rows.length, added)
    count.textContent = words.rows(formatCount(feed.rows.length), feed.isWhole)
  }
  const older = async (): Promise<void> => {
    if (box && (await feed.readOlder(box.audit).catch(() => false))) show()
  }
  const restart = (): void => {
    feed.restart(filters.chosen())
    list.element.scrollTop = 0
    show()
    onFilter()
  }
  return {
    element: el('div', { class: 'audit' }, el('div', { class: 'filters' }, ...filters.elements, count, auditActions(() => box, words)), list.element),
    async refresh(current) {
      box = current
      const added = await feed.readNew(current.audit).catch(() => 0)
      filters.offer(current, added === 'reset' ? feed.rows : feed.rows.slice(0, added))
      if (added !== 0) show(added === 'reset' ? 0 : added)
    },
  }
}

interface Filters {
  readonly elements: readonly HTMLElement[]
  chosen(): AuditFilter
  /** Offers what the box and its new rows bring to choose from. */
  offer(box: InspectedBox, rows: readonly AuditRow[]): void
}

function auditFilters(words: InspectorWords, onChange: () => void): Filters {
  const extension = select(words.filterExtension, words.all, onChange)
  const kind = select(words.filterKind, words.all, onChange)
  const outcome = select(words.filterOutcome, words.all, onChange)
  kind.offer(Object.entries(words.kinds))
  const outcomes = new Set(['ok'])
  return {
    elements: [extension.element, kind.element, outcome.element],
    chosen: () => ({
      ...(extension.value && { extension: extension.value }),
      ...(kind.value && { kind: kind.value as AuditKind }), // one of the options, which are the kinds
      ...(outcome.value && { outcome: outcome.value }),
    }),
    offer(box, rows) {
      for (const row of rows) outcomes.add(row.outcome)
      outcome.offer([...outcomes].map((code) => [code, code]))
      extension.offer(box.list().map(({ id }) => [id, id]))
    },
  }
}

interface Select {
  readonly element: HTMLElement
  readonly value: string
  offer(choices: readonly (readonly [value: string, text: string])[]): void
}

function select(label: string, all: string, onChange: () => void): Select {
  const field = el('select', { onchange: onChange }, el('option', { value: '' }, all))
  return {
    element: el('label', {}, el('span', {}, label), field),
    get value() {
      return field.value
    },
    offer(choices) {
      const known = new Set([...field.options].map(({ value }) => value))
      field.append(...choices.filter(([value]) => !known.has(value)).map(([value, text]) => el('option', { value }, cleanText(text, 128))))
    },
  }
}

function auditActions(box: () => InspectedBox | undefined, words: InspectorWords): HTMLElement {
  const status = el('p', { class: 'status', role: 'status' })
  const say = (state: 'good' | 'bad', text: string): void => {
    status.dataset['state'] = state
    status.textContent = text
  }
  const save = async (): Promise<void> => {
    const audit = box()?.audit
    if (!audit) return
    const url = URL.createObjectURL(await new Response(audit.export()).blob())
    el('a', { href: url, download: 'audit.ndjson' }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
  const verify = async (): Promise<void> => {
    const verdict = await box()?.audit.verify()
    if (verdict) say(verdict.ok ? 'good' : 'bad', verdict.ok ? words.verified : words.broken(verdict.problem, verdict.seq))
  }
  const attempt = (work: () => Promise<void>) => (): void => {
    work().catch((error: unknown) => say('bad', `${words.failed} ${error instanceof Error ? error.message : String(error)}`))
  }
  return el(
    'div', { class: 'actions' },
    el('button', { type: 'button', onclick: attempt(save) }, words.save),
    el('button', { type: 'button', onclick: attempt(verify) }, words.verify),
    status,
  )
}
