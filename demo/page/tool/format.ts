/** The formatter: source, language, a few options, and the tidied text. */
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import { fields, text } from '../guest-value.ts'
import { createStatus } from '../part/status.ts'
import { checkbox, editor, runBar, select, toolForm } from '../part/run-bar.ts'
import CSS from '../sample/untidy.css?raw'
import HTML from '../sample/untidy.html?raw'
import JS from '../sample/untidy.js?raw'
import MARKDOWN from '../sample/untidy.md?raw'

const SAMPLES: ReadonlyMap<string, string> = new Map([
  ['javascript', JS],
  ['css', CSS],
  ['html', HTML],
  ['markdown', MARKDOWN],
])
const LANGUAGES = [
  ['javascript', 'JavaScript'],
  ['css', 'CSS'],
  ['html', 'HTML'],
  ['markdown', 'Markdown'],
] as const

export function formatTool(bench: Bench): HTMLElement {
  const source = editor('format-source', 'Source', JS, 16)
  const result = editor('format-result', 'Formatted', '', 16)
  result.area.readOnly = true
  const language = select('format-language', 'Language', LANGUAGES)
  const quotes = checkbox('format-quotes', 'Single quotes')
  const semicolons = checkbox('format-semi', 'Semicolons', true)
  const status = createStatus()
  const run = async (): Promise<void> => {
    const options = { singleQuote: quotes.control.checked, semi: semicolons.control.checked, printWidth: 60 }
    try {
      const formatted = fields(await bench.run('format', [source.area.value, language.control.value, options]))
      result.area.value = text(formatted.get('code'))
      status.done(formatted.get('changed') === true ? 'Formatted.' : 'It was tidy already.')
    } catch (error) {
      status.failed(error)
    }
  }
  language.control.addEventListener('change', () => {
    source.area.value = SAMPLES.get(language.control.value) ?? ''
    void run()
  })
  for (const { control } of [quotes, semicolons]) control.addEventListener('change', () => void run())
  void run()
  return toolForm(
    'split',
    () => void run(),
    source.element,
    result.element,
    runBar(bench, 'Format', el('span', { class: 'spacer' }), language.element, quotes.element, semicolons.element),
    status.element,
  )
}
