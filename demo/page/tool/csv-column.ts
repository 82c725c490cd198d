/** One column's card: its type, its figures, and its shape as twelve bars. */
import { cleanText } from 'glovebox/ui'
import { el, svg } from '../dom.ts'
import { fields, list, number, text } from '../guest-value.ts'
import type { Fields } from '../guest-value.ts'

export function columnCard(column: Fields): HTMLElement {
  const bars = list(column.get('histogram')).map(number)
  return el(
    'li',
    { class: 'column' },
    el(
      'p',
      { class: 'column-head' },
      el('strong', {}, cleanText(text(column.get('name')), 40)),
      el('span', { class: 'tag' }, cleanText(text(column.get('type')), 12)),
    ),
    bars.length > 0 ? histogram(bars) : mostFrequent(fields(column.get('top'))),
    el('p', { class: 'column-range' }, `${figure(column.get('min'))} \u2013 ${figure(column.get('max'))}`),
    el('p', { class: 'column-note' }, note(column)),
  )
}

function note(column: Fields): string {
  const empty = number(column.get('empty'))
  const middle = column.has('mean') ? `mean ${figure(column.get('mean'))}` : `${number(column.get('distinct'))} distinct`
  return empty === 0 ? middle : `${middle}, ${empty} empty`
}

function figure(value: unknown): string {
  if (typeof value !== 'number') return cleanText(text(value), 24)
  // Four digits stand by themselves: 1,892 is a strange year.
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0, useGrouping: Math.abs(value) >= 10_000 })
}

function histogram(bars: readonly number[]): SVGElement {
  const highest = Math.max(1, ...bars)
  return svg(
    'svg',
    { viewBox: '0 0 120 36', class: 'histogram', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...bars.map((count, index) => {
      const height = Math.max(1, (count / highest) * 34)
      return svg('rect', { x: index * 10 + 0.75, y: 36 - height, width: 8.5, height, rx: 1 })
    }),
  )
}

function mostFrequent(top: Fields): HTMLElement {
  if (number(top.get('count')) < 2) return el('p', { class: 'column-top' }, 'every value once')
  return el('p', { class: 'column-top' }, `most often \u201c${cleanText(text(top.get('value')), 28)}\u201d, ${number(top.get('count'))}\u00d7`)
}
