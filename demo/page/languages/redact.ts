/** Redacting: the text goes in as bytes, JSON comes out as bytes, as Extism has it. The page lends the plug-in a function that knows names. */
import type { Bench } from '../bench.ts'
import { fields, number, text } from '../guest-value.ts'
import { editor, runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

const SAMPLE = `Ada called about the glovebox invoice.
Her number is +44-20-7946-0018, or write to ada@example.org.
The draft is at https://example.org/drafts/7 (ask Grace for access).`

export function redactTool(bench: Bench): HTMLElement {
  const source = editor('redact-source', 'Text', SAMPLE, 10)
  const result = editor('redact-result', 'Redacted', '', 10)
  result.area.readOnly = true
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      const output = await bench.run('redact', [new TextEncoder().encode(source.area.value)])
      const answer = fields(JSON.parse(output instanceof Uint8Array ? new TextDecoder().decode(output) : text(output)))
      result.area.value = text(answer.get('text'))
      const [words, mail, links, numbers, total] = ['word', 'mail', 'link', 'number', 'total'].map((name) => number(answer.get(name)))
      status.done(`Names and words ${words}, addresses ${mail}, links ${links}, numbers ${numbers}; ${total} in all since it was started.`)
    } catch (error) {
      status.failed(error)
    }
  }
  void run()
  return toolForm('split', () => void run(), source.element, result.element, runBar(bench, 'Redact'), status.element)
}
