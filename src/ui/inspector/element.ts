/**
 * `<glovebox-inspector>`: what the extensions of a box do, may do and have done. Give it a box: `inspector.box = box`. It reads while somebody can
 * see it, one tab at a time, and changes nothing but what its revoke buttons say.
 */
import { attachRoot, ElementBase } from '../base.ts'
import { el } from '../dom.ts'
import { completeWords, type GivenWords } from '../given-words.ts'
import { auditTab } from './audit-tab.ts'
import type { InspectedBox } from './box.ts'
import { grantsTab } from './grants-tab.ts'
import { limitsTab } from './limits-tab.ts'
import { liveTab } from './live-tab.ts'
import { Poller } from './poller.ts'
import { INSPECTOR_STYLE } from './style.ts'
import type { Tab } from './tab.ts'
import { INSPECTOR_WORDS, type InspectorWords } from './words.ts'

export type InspectorTab = 'live' | 'grants' | 'limits' | 'audit'
const NAMES: readonly InspectorTab[] = ['live', 'grants', 'limits', 'audit']
const PERIOD_MS = 1000

export class GloveboxInspector extends ElementBase {
  #box: InspectedBox | undefined
  #words = INSPECTOR_WORDS
  #shown: InspectorTab = 'live'
  #root: ShadowRoot | undefined
  #poller: Poller | undefined
  #select: ((name: InspectorTab) => void) | undefined

  /** What it shows; undefined: nothing. */
  get box(): InspectedBox | undefined {
    return this.#box
  }

  set box(box: InspectedBox | undefined) {
    this.#box = box
    if (this.isConnected) this.#build()
  }

  /** Texts in place of the English ones; gives all of them. @throws {TypeError} for one that there is not */
  get words(): InspectorWords {
    return this.#words
  }

  set words(words: GivenWords<InspectorWords>) {
    this.#words = completeWords('words', INSPECTOR_WORDS, words)
    if (this.isConnected) this.#build()
  }

  get tab(): InspectorTab {
    return this.#shown
  }

  /** @throws {TypeError} for a tab that there is not */
  set tab(name: InspectorTab) {
    if (!NAMES.includes(name)) throw new TypeError(`tab must be one of ${NAMES.join(', ')}, got ${String(name).slice(0, 40)}.`)
    this.#shown = name
    this.#select?.(name)
  }

  connectedCallback(): void {
    this.#build()
  }

  disconnectedCallback(): void {
    this.#poller?.dispose()
    this.#poller = undefined
  }

  #build(): void {
    this.#poller?.dispose()
    this.#root ??= attachRoot(this, INSPECTOR_STYLE)
    const words = this.#words
    const tabs: Readonly<Record<InspectorTab, Tab>> = {
      live: liveTab(words), grants: grantsTab(words), limits: limitsTab(words), audit: auditTab(words, () => this.#poller?.poke()),
    }
    const { element, select } = tabPanels(tabs, words, (name) => {
      this.#shown = name
      this.#poller?.poke()
    })
    this.#select = select
    this.#root.replaceChildren(element)
    select(this.#shown)
    const box = this.#box
    if (box) this.#poller = new Poller(this, PERIOD_MS, () => tabs[this.#shown].refresh(box).catch(() => undefined)) // the box was disposed
  }
}

/** https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
function tabPanels(
  tabs: Readonly<Record<InspectorTab, Tab>>, words: InspectorWords, onSelect: (name: InspectorTab) => void,
): { readonly element: HTMLElement; readonly select: (name: InspectorTab) => void } {
  const buttons = NAMES.map((name) => {
    const relations = { role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` }
    return el('button', { type: 'button', part: 'tab', onclick: () => select(name), ...relations }, words.tabs[name])
  })
  const panels = NAMES.map((name) =>
    el('div', { role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}`, part: 'panel' }, tabs[name].element))
  const select = (name: InspectorTab): void => {
    for (const [index, button] of buttons.entries()) {
      const isSelected = NAMES[index] === name
      button.ariaSelected = String(isSelected)
      button.tabIndex = isSelected ? 0 : -1
      const panel = panels[index]
      if (panel) panel.hidden = !isSelected
    }
    onSelect(name)
  }
  const list = el('div', { role: 'tablist', 'aria-label': words.title, onkeydown: (event) => moveFocus(event, buttons) }, ...buttons)
  return { element: el('div', { class: 'inspector' }, list, ...panels), select }
}

function moveFocus(event: Event, buttons: readonly HTMLButtonElement[]): void {
  if (!(event instanceof KeyboardEvent)) return
  const at = buttons.findIndex((button) => button === event.target)
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
  if (to === undefined || at < 0) return
  event.preventDefault()
  const button = buttons[(to + buttons.length) % buttons.length]
  button?.focus()
  button?.click()
}
