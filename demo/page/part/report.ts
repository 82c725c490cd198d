/** The box's own report, as it is: what this engine can do, which rings hold, what was chosen and why. Read when opened. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'

export function reportDetails(bench: Bench): HTMLElement {
  const text = el('pre', { tabindex: 0, role: 'region', 'aria-label': 'Report of the box' })
  const details = el('details', { class: 'report' }, el('summary', {}, 'Report of the box'), text)
  details.addEventListener('toggle', () => {
    if (details.open) text.textContent = printable(bench.report)
  })
  return details
}

function printable(report: unknown): string {
  return JSON.stringify(report, (_key, value: unknown) => (typeof value === 'string' ? cleanText(value, 300) : value), 2)
}
