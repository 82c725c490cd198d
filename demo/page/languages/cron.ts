/** Cron: an expression, what it says, and when it comes next. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, text } from '../guest-value.ts'
import { examples, runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

const EXAMPLES = ['*/15 * * * *', '0 9 * * mon-fri', '30 6 1,15 * *', '0 0 29 2 *']
const COUNT = 8

export function cronTool(bench: Bench): HTMLElement {
  const expression = el('input', { type: 'search', id: 'cron-expression', class: 'mono', value: '0 9 * * mon-fri', spellcheck: 'false' })
  const words = el('output', { class: 'reading', for: 'cron-expression' })
  const times = el('ol', { class: 'times', 'aria-label': 'Next times, in UTC' })
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      const plan = fields(await bench.run('schedule.explain', [expression.value, new Date().toISOString(), COUNT]))
      words.textContent = cleanText(text(plan.get('words')), 300)
      const dates = list(plan.get('times')).map((time) => new Date(text(time))).filter((date) => !Number.isNaN(date.getTime()))
      fill(times, ...dates.map((date) => el('li', {}, el('time', { datetime: date.toISOString() }, show(date)))))
      status.done(`The next ${dates.length} times, in UTC.`)
    } catch (error) {
      words.textContent = ''
      fill(times)
      status.failed(error)
    }
  }
  const ask = (example: string): void => {
    expression.value = example
    void run()
  }
  void run()
  return toolForm(
    '',
    () => void run(),
    el('div', { class: 'field' }, el('label', { for: 'cron-expression' }, 'Expression'), expression),
    words,
    examples(EXAMPLES, ask),
    times,
    runBar(bench, 'Explain'),
    status.element,
  )
}

function show(date: Date): string {
  const day = date.toLocaleDateString('en', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return `${day}, ${date.toISOString().slice(11, 16)}`
}
