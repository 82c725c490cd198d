/** JSON Schema: two editors, one verdict. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, number, text } from '../guest-value.ts'
import { createStatus, formatMs } from '../part/status.ts'
import { editor, runBar, toolForm } from '../part/run-bar.ts'
import DATA from '../sample/order.json?raw'
import SCHEMA from '../sample/order.schema.json?raw'

export function schemaTool(bench: Bench): HTMLElement {
  const schema = editor('schema-schema', 'Schema', SCHEMA, 16)
  const data = editor('schema-data', 'Data', DATA, 16)
  const status = createStatus()
  const problems = el('div', { class: 'wide' })
  const run = async (): Promise<void> => {
    try {
      const result = fields(await bench.run('check', [schema.area.value, data.area.value]))
      const errors = list(result.get('errors')).map(fields)
      const compiled = `draft ${cleanText(text(result.get('draft')), 20)}, compiled in ${formatMs(number(result.get('compileMs')))}`
      status.done(result.get('valid') === true ? `Valid: ${compiled}.` : `${errors.length} problems: ${compiled}.`)
      fill(problems, errors.length === 0 ? undefined : problemTable(errors))
    } catch (error) {
      fill(problems)
      status.failed(error)
    }
  }
  void run()
  return toolForm('split', () => void run(), schema.element, data.element, runBar(bench, 'Check'), status.element, problems)
}

function problemTable(errors: readonly ReadonlyMap<string, unknown>[]): HTMLElement {
  return el(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Problems' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...['Where', 'Problem', 'Rule'].map((name) => el('th', { scope: 'col' }, name)))),
      el(
        'tbody',
        {},
        ...errors.map((error) =>
          el(
            'tr',
            {},
            el('td', {}, el('code', {}, cleanText(text(error.get('path')), 200))),
            el('td', {}, cleanText(text(error.get('message')), 200)),
            el('td', {}, el('code', {}, cleanText(text(error.get('keyword')), 200))),
          ),
        ),
      ),
    ),
  )
}
