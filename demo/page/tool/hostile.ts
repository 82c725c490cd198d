/**
 * The adversary's page: every attempt with a button, its verdict, what stopped it, and, after each, the proof that the page did not
 * stand still, that another extension still answers and that no request got through.
 */
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, number } from '../guest-value.ts'
import { createStatus } from '../part/status.ts'
import { toolForm } from '../part/run-bar.ts'
import { ATTEMPTS } from './attempts.ts'
import type { Attempt } from './attempts.ts'
import { attemptRow } from './attempt-row.ts'
import type { AttemptRow } from './attempt-row.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createScore } from './score.ts'
import type { Round } from './score.ts'
import { judge } from './verdict.ts'
import type { Ending, Verdict } from './verdict.ts'

export function hostileTool(bench: Bench, neighbour: () => Promise<Bench>): HTMLElement {
  const status = createStatus()
  const score = createScore(ATTEMPTS.length)
  const busy = { value: false, isStopped: false }

  const attack = async (attempt: Attempt, row: AttemptRow): Promise<void> => {
    row.running()
    const { verdict, ms, round } = await carryOut(attempt.call, bench, neighbour)
    row.done(verdict, ms)
    score.add(attempt.call, round)
  }
  const alone = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return
    Object.assign(busy, { value: true, isStopped: false })
    stop.disabled = false
    await work().catch(status.failed)
    busy.value = false
    stop.disabled = true
  }
  const stop = el(
    'button',
    {
      type: 'button',
      class: 'quiet',
      disabled: true,
      onclick: () => {
        busy.isStopped = true
        bench.stop()
      },
    },
    'Stop',
  )
  const rows = new Map(ATTEMPTS.map((attempt) => [attempt, attemptRow(attempt, () => void alone(() => attack(attempt, row(attempt))))]))
  const row = (attempt: Attempt): AttemptRow => rows.get(attempt) ?? attemptRow(attempt, () => {})
  const all = async (): Promise<void> => {
    for (const [attempt, itsRow] of rows) {
      if (busy.isStopped) break
      status.done(`Running: ${attempt.title}.`)
      await attack(attempt, itsRow)
    }
    status.done(score.summary())
  }
  const bar = el('div', { class: 'run-bar' }, el('button', { type: 'submit', class: 'primary danger' }, `Run all ${ATTEMPTS.length} attempts`), stop)
  return toolForm('hostile', () => void alone(all), score.element, bar, status.element, attemptTable(rows))
}

function attemptTable(rows: ReadonlyMap<Attempt, AttemptRow>): HTMLElement {
  const rowsOf = (group: string): HTMLElement[] => [...rows].filter(([attempt]) => attempt.group === group).map(([, { element }]) => element)
  const groupBody = (group: string): HTMLElement =>
    el('tbody', {}, el('tr', { class: 'group' }, el('th', { scope: 'rowgroup', colspan: 5 }, group)), ...rowsOf(group))
  const head = el('thead', {}, el('tr', {}, ...['Attempt', 'Verdict', 'Stopped by', 'Time', ''].map(headerCell)))
  return el(
    'div',
    { class: 'table-scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Attempts' },
    el('table', { class: 'attempts' }, head, ...groups().map(groupBody)),
  )
}

/** Runs one attempt and looks at what it did: to the page, to the extension next door, to the server. */
async function carryOut(call: string, bench: Bench, neighbour: () => Promise<Bench>): Promise<{ verdict: Verdict; ms: number; round: Round }> {
  const heartbeat = startHeartbeat()
  const logged = bench.logged.characters
  const started = performance.now()
  const ending = await endingOf(bench.run(call, [location.origin]))
  const ms = performance.now() - started
  const longestGapMs = heartbeat.stop()
  const verdict = judge(call, ending, bench.logged.characters - logged)
  const neighbourLives = await answers(await neighbour())
  return { verdict, ms, round: { isBlocked: verdict.isBlocked, longestGapMs, neighbourLives, canaryHits: await canaryHits() } }
}

function groups(): readonly Attempt['group'][] {
  return [...new Set(ATTEMPTS.map(({ group }) => group))]
}

function headerCell(name: string): HTMLElement {
  return name === '' ? el('td') : el('th', { scope: 'col' }, name)
}

async function endingOf(call: Promise<unknown>): Promise<Ending> {
  try {
    return { kind: 'value', value: await call }
  } catch (error) {
    return { kind: 'error', error }
  }
}

async function answers(bench: Bench): Promise<boolean> {
  const ending = await endingOf(bench.run('render', ['*still here*']))
  return ending.kind === 'value' && fields(ending.value).get('html') === '<p><em>still here</em></p>\n'
}

/** The server counts who reached the address that nobody was granted. */
async function canaryHits(): Promise<number> {
  const response = await fetch('/api/canary/hits')
  return number(fields(await response.json()).get('hits'))
}
