/** The board above the attempts: how many were blocked, and three proofs that nobody else was harmed. */
import { el } from '../dom.ts'
import { formatMs } from '../part/status.ts'

export interface Round {
  readonly isBlocked: boolean
  readonly longestGapMs: number
  readonly neighbourLives: boolean
  readonly canaryHits: number
}

export interface Score {
  readonly element: HTMLElement
  add(call: string, round: Round): void
  summary(): string
}

export function createScore(attempts: number): Score {
  const rounds = new Map<string, Round>()
  const blocked = figure(`of ${attempts} attempts blocked`)
  const gap = figure('longest pause of this page')
  const neighbour = figure('answers from the extension next door')
  const canary = figure('requests that got through')
  const count = (test: (round: Round) => boolean): number => [...rounds.values()].filter(test).length
  const show = (): void => {
    const all = [...rounds.values()]
    blocked.set(String(count(({ isBlocked }) => isBlocked)), count(({ isBlocked }) => !isBlocked) === 0)
    gap.set(all.length === 0 ? '\u2013' : formatMs(Math.max(...all.map(({ longestGapMs }) => longestGapMs))), true)
    neighbour.set(
      `${count(({ neighbourLives }) => neighbourLives)}/${all.length}`,
      all.every(({ neighbourLives }) => neighbourLives),
    )
    const hits = Math.max(0, ...all.map(({ canaryHits }) => canaryHits))
    canary.set(String(hits), hits === 0)
  }
  show()
  return {
    element: el('ul', { class: 'score wide', 'aria-label': 'Score' }, ...[blocked, gap, neighbour, canary].map(({ element }) => element)),
    add: (call, round) => {
      rounds.set(call, round)
      show()
    },
    summary: () =>
      `${count(({ isBlocked }) => isBlocked)} of ${rounds.size} attempts blocked; ` +
      `the neighbour answered ${count(({ neighbourLives }) => neighbourLives)} times.`,
  }
}

function figure(label: string): { readonly element: HTMLElement; set(value: string, isGood: boolean): void } {
  const value = el('strong', {})
  const element = el('li', {}, value, el('span', {}, label))
  return {
    element,
    set: (text, isGood) => {
      value.textContent = text
      element.classList.toggle('is-bad', !isGood)
    },
  }
}
