/** The site: requests that never leave the page, answered by a guest that believes it is a server. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { trustPreview } from '../tool/preview.ts'
import { runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

const LETTER = 'three lines\nof a letter\nto be counted\n'

const MAX_LINES = 60

/** Label, path, and the body of a POST. */
const REQUESTS = [
  ['Front page', '/', undefined],
  ['Headers', '/headers', undefined],
  ['Ten lines', '/lines?count=10', undefined],
  ['Count a letter', '/count', LETTER],
  ['News', '/news?from={{feed}}', undefined],
  ['Nothing there', '/nowhere', undefined],
] as const

export function siteTool(bench: Bench): HTMLElement {
  const address = el('input', { type: 'search', id: 'site-address', class: 'mono', value: '/', spellcheck: 'false', autocomplete: 'off' })
  const head = el('pre', { tabindex: 0, role: 'region', 'aria-label': 'Headers of the response' })
  const body = el('div', {})
  const status = createStatus()
  const state: { post: string | undefined } = { post: undefined }
  const run = async (): Promise<void> => {
    try {
      const path = address.value.startsWith('/') ? address.value : `/${address.value}`
      const init = state.post === undefined ? {} : { method: 'POST', body: state.post }
      const { response, text } = await bench.perform(`${init.method ?? 'GET'} ${path}`, async (extension, signal) => {
        const answer = await extension.fetch(new URL(path, 'http://site.example'), { ...init, signal })
        return { response: answer, text: await answer.text() }
      })
      head.textContent = lines([`HTTP ${response.status}`, ...[...response.headers].map(([name, value]) => `${name}: ${value}`)])
      fill(body, response.headers.get('content-type')?.startsWith('text/html') === true ? page(text) : source(text))
      status.done(`${response.status}, ${text.length} characters.`)
    } catch (error) {
      status.failed(error)
    }
  }
  const ask = (path: string, post: string | undefined): void => {
    address.value = path.replace('{{feed}}', encodeURIComponent(`${location.origin}/api/feeds/isolation.xml`))
    state.post = post
    void run()
  }
  address.addEventListener('input', () => {
    state.post = undefined
  })
  void run()
  return toolForm(
    '',
    () => void run(),
    el('div', { class: 'field' }, el('label', { for: 'site-address' }, 'Address'), address),
    runBar(bench, 'Send'),
    el('div', { class: 'run-bar' }, ...REQUESTS.map(([label, path, post]) => button(label, () => ask(path, post)))),
    status.element,
    head,
    body,
  )
}

function button(label: string, onclick: () => void): HTMLElement {
  return el('button', { type: 'button', class: 'quiet small', onclick }, label)
}

function page(html: string): HTMLElement {
  const frame = el('iframe', { title: 'The page that came', sandbox: '', class: 'preview', tabindex: 0 })
  frame.srcdoc = trustPreview(html)
  return frame
}

/** Each made safe to look at. */
function lines(texts: readonly string[]): string {
  return texts.slice(0, MAX_LINES).map((text) => cleanText(text, 400)).join('\n')
}

function source(text: string): HTMLElement {
  return el('pre', { tabindex: 0, role: 'region', 'aria-label': 'Body of the response' }, lines(text.split('\n')))
}
