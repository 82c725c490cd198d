/** Units: a question such as `12.5 km in miles`, and figures for any numbers in a text. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, number, text } from '../guest-value.ts'
import { editor, examples, runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

const EXAMPLES = ['100 km/h in mph', '20 \u00b0C in \u00b0F', '1 GiB in MB', '3 pints in litres']
const FIGURES = ['count', 'mean', 'median', 'deviation', 'smallest', 'largest'] as const

export function unitsTool(bench: Bench): HTMLElement {
  const question = el('input', { type: 'search', id: 'units-question', value: '12.5 km in miles' })
  const answer = el('output', { class: 'reading', for: 'units-question' })
  const numbers = editor('units-numbers', 'Numbers in any text', 'Rain in mm: 3.2, 0, 12.5, 7, 0.4, 0, 21, 5.5, 1.9, 0, 8', 4)
  const figures = el('dl', { class: 'figures', 'aria-label': 'Figures' })
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      const converted = fields(await bench.run('converter.convert', [question.value]))
      answer.textContent = cleanText(text(converted.get('words')), 200)
      const summary = fields(await bench.run('converter.describe', [numbers.area.value]))
      fill(figures, ...FIGURES.filter((name) => summary.has(name)).map((name) => item(name, number(summary.get(name)))))
      const kinds = list(await bench.run('converter.knownUnits', []))
      status.done(`${kinds.length} kinds of units are known.`)
    } catch (error) {
      answer.textContent = ''
      status.failed(error)
    }
  }
  const ask = (example: string): void => {
    question.value = example
    void run()
  }
  void run()
  return toolForm(
    '',
    () => void run(),
    el('div', { class: 'field' }, el('label', { for: 'units-question' }, 'Question'), question),
    answer,
    examples(EXAMPLES, ask),
    numbers.element,
    figures,
    runBar(bench, 'Reckon'),
    status.element,
  )
}

function item(name: string, value: number): HTMLElement {
  return el('div', {}, el('dt', {}, name), el('dd', {}, value.toLocaleString('en', { maximumFractionDigits: 3 })))
}
