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
    panelHead(entry.name, entry.title, entry.line, ` ${entry.verb ?? 'Runs'} `, el('em', {}, entry.runs), '.'),
    panelBody(entry, bench, neighbour),
  )
}

/** The way to install it, and then its tool beside the inspector. */
export function panelBody(entry: Tooled, bench: Bench, neighbour: () => Promise<Bench>): HTMLElement {
  const body = el('div', { class: 'panel-body' })
  const install = installCard(entry, bench)
  const state = { isMounted: false }
  const draw = (): void => {
    const { extension } = bench
    if (extension === undefined) {
      install.update()
      if (!install.element.isConnected) fill(body, install.element)
      return
    }
    if (state.isMounted) return
    state.isMounted = true
    const hadFocus = body.contains(document.activeElement)
    const chamber = el('div', { class: 'chamber', tabindex: -1 }, entry.tool(bench, neighbour))
    fill(body, chamber, inspector(bench, extension))
    if (hadFocus) chamber.focus({ preventScroll: true })
  }
  bench.addEventListener('change', (event) => {
    if (event instanceof CustomEvent && event.detail === 'install') draw()
  })
  if (!entry.asks) bench.install().catch(() => {}) // shown by the install card
  draw()
  return body
}

/** Its button is one and the same all the time, disabled by word only, so that the consent dialog can give the focus back to it. */
function installCard(entry: Tooled, bench: Bench): { readonly element: HTMLElement; update(): void } {
  const words = el('p')
  const status = el('p', { class: 'status', role: 'alert', 'data-kind': 'failed' })
  const begin = (): void => {
    if (!bench.isInstalling) bench.install().catch(() => {}) // shown here
  }
  const button = el('button', { type: 'button', class: 'primary', onclick: begin })
  return {
    element: el('div', { class: 'install' }, words, status, button),
    update: () => {
      const failure = bench.installFailure
      words.textContent = installWords(entry, bench)
      if (failure) fill(status, el('code', { class: 'code' }, failure.code), ' ', failure.message)
      else fill(status)
      status.hidden = failure === undefined
      button.setAttribute('aria-disabled', String(bench.isInstalling))
      const label = failure ? 'Try again' : bench.isKnown ? 'Open' : 'Install and review permissions'
      button.textContent = bench.isInstalling ? 'Installing\u2026' : label
    },
  }
}

function installWords({ asks }: Tooled, { isKnown }: Bench): string {
  if (isKnown) return 'You installed this extension on an earlier visit. Opening it asks only for what is not granted any more.'
  return asks ? 'This extension asks for permissions before it runs. Nothing of it has run.' : 'Loading the package.'
}
