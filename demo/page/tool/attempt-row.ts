/** One attempt's row: its button, and what became of it. */
import { el, fill } from '../dom.ts'
import { formatMs } from '../part/status.ts'
import type { Attempt } from './attempts.ts'
import type { Verdict } from './verdict.ts'

export interface AttemptRow {
  readonly element: HTMLElement
  running(): void
  done(verdict: Verdict, ms: number): void
}

export function attemptRow(attempt: Attempt, onRun: () => void): AttemptRow {
  const verdictCell = el('td', { class: 'verdict' }, el('span', { class: 'verdict-none' }, 'not run'))
  const codes = el('td', { class: 'codes' })
  const time = el('td', { class: 'time' })
  const detail = el('p', { class: 'attempt-detail' })
  const element = el(
    'tr',
    { 'data-attempt': attempt.call },
    el('th', { scope: 'row' }, attempt.title, detail),
    verdictCell,
    codes,
    time,
    el(
      'td',
      { class: 'attempt-run' },
      el('button', { type: 'button', class: 'quiet small', 'aria-label': `Run: ${attempt.title}`, onclick: onRun }, 'Run'),
    ),
  )
  return {
    element,
    running: () => {
      element.dataset['state'] = 'running'
      fill(verdictCell, el('span', { class: 'verdict-running' }, 'running'))
      fill(codes)
      fill(time)
      fill(detail)
    },
    done: ({ isBlocked, stoppedBy, detail: words }, ms) => {
      element.dataset['state'] = isBlocked ? 'blocked' : 'breached'
      fill(verdictCell, el('span', { class: isBlocked ? 'verdict-blocked' : 'verdict-breached' }, isBlocked ? 'Blocked' : 'Breached'))
      fill(codes, ...stoppedBy.flatMap((code) => [el('code', { class: 'code' }, code), ' ']))
      fill(time, formatMs(ms))
      fill(detail, words)
    },
  }
}
