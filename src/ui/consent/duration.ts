/** For how long: one of several, and a date. What it gives is the word that the broker understands. */
import { el } from '../dom.ts'
import type { ConsentDuration, ConsentWords } from '../words.ts'
import type { Decision } from './decision.ts'

export interface DurationField {
  readonly element: HTMLElement
  decision(): Exclude<Decision, 'deny'>
}

const DEFAULT_DAYS = 7

export function durationField(durations: readonly ConsentDuration[], words: ConsentWords, now: Date): DurationField {
  const date = el('input', {
    type: 'date', part: 'date', 'aria-label': words.date, min: dayText(now), value: dayText(addDays(now, DEFAULT_DAYS)),
  })
  date.hidden = true
  const inputs = durations.map((duration, index) => {
    return { duration, input: el('input', { type: 'radio', name: 'duration', value: duration, checked: index === 0 }) }
  })
  const chosen = (): ConsentDuration => inputs.find(({ input }) => input.checked)?.duration ?? 'once'
  const element = el(
    'fieldset', { part: 'duration', onchange: () => { date.hidden = chosen() !== 'until' } },
    el('legend', {}, words.duration),
    ...inputs.flatMap(({ duration, input }) => [el('label', {}, input, words.durations[duration]), ...(duration === 'until' ? [date] : [])]),
  )
  return {
    element,
    decision() {
      const duration = chosen()
      if (duration !== 'until') return duration
      const until = endOfDay(date.value)
      // Without a date that holds, the least.
      return until !== undefined && until > new Date() ? { decision: 'until', until } : 'once'
    },
  }
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days)
}

/** As a date field writes it, in local time. */
function dayText(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function endOfDay(text: string): Date | undefined {
  const [year, month, day] = text.split('-').map(Number)
  return year && month && day ? new Date(year, month - 1, day + 1) : undefined
}
