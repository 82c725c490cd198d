/** What runs now: memory and responsiveness as lines, and the calls in flight. */
import type { InspectedCall, Inspection } from '../../host/extension/inspection.ts'
import { cleanText } from '../../util/text.ts'
import { createChart } from './chart.ts'
import { el } from '../dom.ts'
import type { InspectedExtension } from './box.ts'
import { formatBytes, formatMs } from './format.ts'
import { type Card, cardHead, cardsTab, type Tab } from './tab.ts'
import type { InspectorWords } from './words.ts'

const MAX_CALLS = 20

export function liveTab(words: InspectorWords): Tab {
  return cardsTab(words, (extension) => liveCard(extension, words))
}

function liveCard(extension: InspectedExtension, words: InspectorWords): Card {
  const state = el('span', { class: 'pill' })
  const memory = createChart(words.memory)
  const latency = createChart(words.latency)
  const calls = el('ul', { class: 'calls', 'aria-label': words.calls })
  const charts = el('div', { class: 'charts' }, memory.element, latency.element)
  return {
    element: el('section', { class: 'card', part: 'card' }, cardHead(extension, state), charts, calls),
    async update(current) {
      const asked = performance.now()
      const inspection = await current.inspect().catch(() => undefined) // it was uninstalled meanwhile
      const tookMs = performance.now() - asked
      state.textContent = words.state[current.state]
      state.dataset['state'] = current.state
      if (inspection === undefined) return
      const { instances } = inspection
      const isBusy = instances.some((instance) => instance.isBusy)
      const used = instances.reduce((sum, instance) => sum + (instance.memoryBytes ?? 0), 0)
      const allowed = instances.reduce((sum, instance) => sum + instance.memoryLimitBytes, 0)
      const isKnown = instances.length > 0 && !isBusy
      memory.add(isKnown ? used : undefined, isKnown ? words.of(formatBytes(used), formatBytes(allowed)) : isBusy ? words.busy : '\u2013', allowed)
      latency.add(instances.length > 0 ? tookMs : undefined, isBusy ? words.busy : instances.length > 0 ? formatMs(tookMs) : '\u2013')
      calls.replaceChildren(...callItems(inspection, words))
    },
  }
}

function callItems({ instances, waitingCalls }: Inspection, words: InspectorWords): readonly HTMLElement[] {
  const calls = [...instances.flatMap(({ pendingCalls }) => pendingCalls), ...waitingCalls].slice(0, MAX_CALLS)
  if (calls.length === 0) return [el('li', { class: 'none' }, words.noCalls)]
  return calls.map((call) => {
    return el('li', {}, el('span', { class: 'number' }, `#${call.id}`), el('code', {}, cleanText(call.name, 80)), callState(call, words))
  })
}

function callState({ ageMs, deadlineMs }: InspectedCall, words: InspectorWords): string {
  return deadlineMs === undefined ? words.callWaits : words.callRuns(formatMs(ageMs), formatMs(Math.max(deadlineMs, 0)))
}
