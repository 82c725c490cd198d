/** How close each extension is to its limits. What a box cannot tell has no gauge. */
import { el } from '../dom.ts'
import type { InspectedExtension, LimitLevel } from './box.ts'
import { createGauge, type Gauge } from './gauge.ts'
import { formatLimit, formatMs } from './format.ts'
import { type Card, cardHead, cardsTab, type Tab } from './tab.ts'
import { type InspectorWords, limitLabel } from './words.ts'

/** All of them in use is nothing unusual. */
const NEVER_CLOSE: ReadonlySet<string> = new Set(['maxInstances'])

export function limitsTab(words: InspectorWords): Tab {
  return cardsTab(words, (extension) => limitsCard(extension, words))
}

function limitsCard(extension: InspectedExtension, words: InspectorWords): Card {
  const gauges = new Map<string, Gauge>()
  const used = el('ul', { class: 'gauges' })
  const rest = el('ul', { class: 'gauges' })
  const summary = el('summary')
  const unused = el('details', { class: 'unused' }, summary, rest)
  return {
    element: el('section', { class: 'card', part: 'card' }, cardHead(extension), used, unused),
    async update(current) {
      const levels = await levelsOf(current)
      const known = new Set(levels.map(({ limit }) => limit))
      for (const [limit, gauge] of gauges) {
        if (known.has(limit)) continue
        gauge.element.remove()
        gauges.delete(limit)
      }
      for (const level of levels) {
        const gauge = gauges.get(level.limit) ?? createGauge(limitLabel(level.limit, words), level.limit)
        // What was in use once stays where it is: a gauge that comes and goes cannot be read.
        if (level.used > 0 || level.refused > 0) {
          if (gauge.element.parentElement !== used) used.append(gauge.element)
        } else if (!gauges.has(level.limit)) rest.append(gauge.element)
        gauges.set(level.limit, gauge)
        gauge.show(level.used, level.allowed, describe(level, words), NEVER_CLOSE.has(level.limit))
      }
      summary.textContent = words.unused(rest.childElementCount)
      unused.hidden = rest.childElementCount === 0
    },
  }
}

function describe({ limit, used, allowed, windowMs, refused }: LimitLevel, words: InspectorWords): string {
  const level = words.of(formatLimit(limit, used), formatLimit(limit, allowed))
  const window = windowMs === undefined ? [] : [words.perWindow(formatMs(windowMs))]
  return [level, ...window, ...(refused > 0 ? [words.refused(refused)] : [])].join(', ')
}

/** What the worker says of itself, and what the page counts. */
async function levelsOf(extension: InspectedExtension): Promise<readonly LimitLevel[]> {
  // Either fails where it was uninstalled meanwhile.
  const [inspection, usage] = await Promise.all([extension.inspect().catch(() => undefined), extension.usage().catch(() => ({}))])
  const { limits } = extension
  const sum = (of: (instance: NonNullable<typeof inspection>['instances'][number]) => number | undefined): number =>
    (inspection?.instances ?? []).reduce((total, instance) => total + (of(instance) ?? 0), 0)
  const level = (limit: string, used: number, allowed: number): LimitLevel => ({ limit, used, allowed, windowMs: undefined, refused: 0 })
  const own = [
    level('memoryMib', sum((instance) => instance.memoryBytes) / 2 ** 20, limits.memoryMib * Math.max(inspection?.instances.length ?? 1, 1)),
    level('timers', sum((instance) => instance.timers), limits.timers),
    level('handles', sum((instance) => instance.handles), limits.handles),
  ]
  return [...own.filter(({ limit }) => !Object.hasOwn(usage, limit)), ...Object.entries(usage).map(([limit, one]) => ({ ...one, limit }))]
}
