/** The line under a tool that says how the last run went; a live region, so that it is heard as well. */
import { el, fill } from '../dom.ts'
import { describeFailure } from '../failure.ts'

export interface Status {
  readonly element: HTMLElement
  done(text: string): void
  failed(error: unknown): void
}

export function createStatus(): Status {
  const element = el('p', { class: 'status', role: 'status' })
  return {
    element,
    done: (text) => {
      element.dataset['kind'] = 'done'
      fill(element, text)
    },
    failed: (error) => {
      const { code, message } = describeFailure(error)
      element.dataset['kind'] = code === 'stopped' ? 'stopped' : 'failed'
      fill(element, el('code', { class: 'code' }, code), ' ', message)
    },
  }
}

export function formatMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`
}
