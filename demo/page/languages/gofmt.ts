/** The Go formatter: source on stdin, tidied on stdout, complaints on stderr; the outline is a second run. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, number, text, type Fields } from '../guest-value.ts'
import { editor, runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'
import SAMPLE from '../sample/untidy.go?raw'

export function gofmtTool(bench: Bench): HTMLElement {
  const source = editor('gofmt-source', 'Source', SAMPLE, 16)
  const result = editor('gofmt-result', 'Formatted', '', 16)
  result.area.readOnly = true
  const outline = el('ul', { class: 'chips wide', 'aria-label': 'Declarations' })
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      result.area.value = await command(bench, 'format', [], source.area.value)
      const declarations = list(JSON.parse(await command(bench, 'outline', ['-outline'], source.area.value))).map(fields)
      fill(outline, ...declarations.map(chip))
      status.done(result.area.value === source.area.value ? 'It was tidy already.' : 'Formatted.')
    } catch (error) {
      status.failed(error)
    }
  }
  void run()
  return toolForm('split', () => void run(), source.element, result.element, runBar(bench, 'Format'), status.element, outline)
}

function chip(declaration: Fields): HTMLElement {
  const name = el('strong', {}, cleanText(text(declaration.get('name')), 40))
  return el('li', {}, `${cleanText(text(declaration.get('kind')), 12)} `, name, ` ${number(declaration.get('line'))}`)
}

async function command(bench: Bench, name: string, args: readonly string[], stdin: string): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.perform(name, (extension, signal) => extension.run({ args, stdin, signal }))
  if (exitCode === 0) return new TextDecoder().decode(stdout)
  throw new Error(new TextDecoder().decode(stderr) || `It ended with ${exitCode}.`)
}
