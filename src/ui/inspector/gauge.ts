/** A level beside its ceiling, as a bar and in words. */
import { el } from '../dom.ts'

export interface Gauge {
  readonly element: HTMLElement
  /** @param isFineFull  being at the ceiling is no warning */
  show(used: number, allowed: number, text: string, isFineFull: boolean): void
}

/** From this share on it is shown as close. */
const CLOSE = 0.8

/** @param name  its code name, for those who set it */
export function createGauge(label: string, name: string): Gauge {
  const bar = el('span', { class: 'bar' })
  const text = el('span', { class: 'gauge-value' })
  const meter = el('div', { class: 'meter', role: 'meter', 'aria-label': label, 'aria-valuemin': 0 }, bar)
  return {
    element: el('li', { class: 'gauge', part: 'gauge' }, el('span', { class: 'gauge-label', title: name }, label), meter, text),
    show(used, allowed, shown, isFineFull) {
      const share = allowed > 0 ? Math.min(used / allowed, 1) : Number(used > 0)
      bar.style.setProperty('inline-size', `${(share * 100).toFixed(1)}%`)
      meter.dataset['level'] = isFineFull ? 'fine' : share >= 1 ? 'full' : share >= CLOSE ? 'close' : 'fine'
      meter.setAttribute('aria-valuemax', String(Math.max(allowed, 0)))
      meter.setAttribute('aria-valuenow', String(Math.min(used, allowed)))
      meter.setAttribute('aria-valuetext', shown)
      text.textContent = shown
    },
  }
}
