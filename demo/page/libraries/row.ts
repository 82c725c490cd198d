/** One library: what it does, whether its result is Node's, and three bars of time, the longest as wide as there is room. */
import { cleanText } from 'glovebox/ui'
import { el, fill } from '../dom.ts'
import { formatMs } from '../part/status.ts'
import type { Library } from './catalogue.ts'
import type { Outcome, Verdict } from './measure.ts'
import type { Place } from './place.ts'

export interface Row {
  readonly element: HTMLElement
  /** What is known so far, by place; a place without an outcome has not had its turn. */
  show(outcomes: readonly (Outcome | undefined)[], current?: number): void
}

const VERDICTS: Readonly<Record<Verdict, string>> = { same: 'same result as Node', differs: 'another result than Node', failed: 'does not run' }

export function createRow(library: Library, places: readonly Place[]): Row {
  const bars = el('dl', { class: 'bars' })
  const verdict = el('span', { class: 'verdict' })
  const element = el(
    'li',
    { class: 'library' },
    el(
      'div',
      { class: 'library-text' },
      el('h2', {}, library.library, ' ', el('span', { class: 'library-version' }, library.version)),
      el('p', {}, library.does),
      verdict,
      el(
        'details',
        {},
        el('summary', {}, `Result, ${library.expected.length.toLocaleString('en')} characters`),
        el('pre', { tabindex: 0, role: 'region', 'aria-label': `Result of ${library.library}` }, library.expected.split('\n').slice(0, 12).map((line) => cleanText(line, 160)).join('\n')),
      ),
    ),
    bars,
  )
  return {
    element,
    show: (outcomes, current) => {
      const [own] = outcomes
      verdict.textContent = own ? VERDICTS[own.verdict] : ''
      verdict.dataset['verdict'] = own?.verdict ?? 'none'
      const longest = Math.max(...outcomes.map((outcome) => outcome?.ms ?? 0).filter(Number.isFinite))
      fill(bars, ...places.flatMap((place, index) => bar(place.name, outcomes[index], longest, index === current)))
    },
  }
}

function bar(name: string, outcome: Outcome | undefined, longest: number, isCurrent: boolean): readonly HTMLElement[] {
  const label = el('dt', {}, name)
  if (outcome === undefined) return [label, el('dd', { class: 'bar-words' }, isCurrent ? 'runs\u2026' : '\u2013')]
  if (outcome.verdict === 'failed') return [label, el('dd', { class: 'bar-words is-bad' }, `does not run: ${outcome.reason}`)]
  const track = el('span', { class: 'bar', 'aria-hidden': 'true' })
  track.style.setProperty('--share', String(outcome.ms / longest))
  const differs = outcome.verdict === 'differs' ? el('span', { class: 'bar-words is-bad' }, `differs ${outcome.reason}`) : undefined
  return [label, el('dd', {}, track, el('span', { class: 'bar-time' }, formatMs(outcome.ms)), differs)]
}
