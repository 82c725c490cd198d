/** One extension's page: its heading, then either the way to install it or its tool beside the inspector. */
import type { Bench } from '../bench.ts'
import type { Entry } from '../catalogue.ts'
import { el, fill } from '../dom.ts'
import { inspector } from './inspector.ts'
import { panelHead } from './panel-head.ts'

/** What a body needs to know of its entry. */
export type Tooled = Pick<Entry, 'asks' | 'tool'>

export function panel(entry: Entry, bench: Bench, neighbour: () => Promise<Bench>): HTMLElement {
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead(entry.name, entry.title, entry.line, ' Runs ', el('em', {}, entry.runs), '.'),
    panelBody(entry, bench, neighbour),
  )
}

/** The way to install it, and then its tool beside the inspector. */
export function panelBody(entry: Tooled, bench: Bench, neighbour: () => Promise<Bench>): HTMLElement {
  const body = el('div', { class: 'panel-body' })
  const state = { isMounted: false }
  const draw = (): void => {
    const { extension } = bench
    if (extension === undefined) return fill(body, installCard(entry, bench))
    if (state.isMounted) return
    state.isMounted = true
    fill(body, el('div', { class: 'chamber' }, entry.tool(bench, neighbour)), inspector(bench, extension))
  }
  bench.addEventListener('change', (event) => {
    if (event instanceof CustomEvent && event.detail === 'install') draw()
  })
  if (!entry.asks) bench.install().catch(() => {}) // shown by the install card
  draw()
  return body
}

function installCard(entry: Tooled, bench: Bench): HTMLElement {
  const failure = bench.installFailure
  const label = failure ? 'Try again' : bench.isKnown ? 'Open' : 'Install and review permissions'
  const button = el(
    'button',
    { type: 'button', class: 'primary', disabled: bench.isInstalling, onclick: () => void bench.install().catch(() => {}) },
    bench.isInstalling ? 'Installing\u2026' : label,
  )
  return el(
    'div',
    { class: 'install' },
    el('p', {}, installWords(entry, bench)),
    failure && el('p', { class: 'status', role: 'alert', 'data-kind': 'failed' }, el('code', { class: 'code' }, failure.code), ' ', failure.message),
    button,
  )
}

function installWords({ asks }: Tooled, { isKnown }: Bench): string {
  if (isKnown) return 'You installed this extension on an earlier visit. Opening it asks only for what is not granted any more.'
  return asks ? 'This extension asks for permissions before it runs. Nothing of it has been loaded yet.' : 'Loading the package.'
}
