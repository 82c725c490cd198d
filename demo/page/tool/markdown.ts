/**
 * Markdown: source on the left, what the extension made of it on the right. The HTML is a stranger's, so it is shown in a frame without
 * scripts, origin, network or forms, whose policy loads one style sheet of ours and nothing else.
 */
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import { fields, number, text } from '../guest-value.ts'
import { createStatus } from '../part/status.ts'
import { editor, runBar, toolForm } from '../part/run-bar.ts'
import SAMPLE from '../sample/letter.md?raw'
import { trustPreview } from './preview.ts'

const TYPING_PAUSE_MS = 200

export function markdownTool(bench: Bench): HTMLElement {
  const source = editor('markdown-source', 'Markdown', SAMPLE, 18)
  const preview = el('iframe', { title: 'Rendered Markdown', sandbox: '', class: 'preview', tabindex: 0 })
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      const result = fields(await bench.run('render', [source.area.value]))
      await show(preview, text(result.get('html')))
      status.done(`${number(result.get('blocks'))} blocks, ${number(result.get('words'))} words rendered.`)
    } catch (error) {
      status.failed(error)
    }
  }
  const form = toolForm(
    'split',
    () => void run(),
    source.element,
    el('div', { class: 'field' }, el('p', { class: 'label' }, 'Result'), preview),
    runBar(bench, 'Render'),
    status.element,
  )
  let pause = 0
  source.area.addEventListener('input', () => {
    clearTimeout(pause)
    pause = window.setTimeout(() => void run(), TYPING_PAUSE_MS)
  })
  void run()
  return form
}

/** Resolves when the frame shows it: what the status says is there to be seen. */
function show(preview: HTMLIFrameElement, html: string): Promise<void> {
  return new Promise((resolve) => {
    preview.addEventListener('load', () => resolve(), { once: true })
    preview.srcdoc = trustPreview(html)
  })
}
