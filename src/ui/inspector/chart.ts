/** A small line of the last minutes, as SVG; the last value stands beside it as text, so the picture itself is hidden from readers. */
import { el } from '../dom.ts'

const WIDTH = 120
const HEIGHT = 28
const POINTS = 120

export interface Chart {
  readonly element: HTMLElement
  /** @param max  what the top stands for; at least the largest value */
  add(value: number | undefined, text: string, max?: number): void
}

export function createChart(label: string): Chart {
  const line = svg('polyline', { fill: 'none', 'vector-effect': 'non-scaling-stroke' })
  const text = el('span', { class: 'chart-value' })
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, line)
  const values: (number | undefined)[] = []
  return {
    element: el('div', { class: 'chart', part: 'chart' }, el('span', { class: 'chart-label' }, label), picture, text),
    add(value, shown, max = 0) {
      values.push(value)
      if (values.length > POINTS) values.shift()
      text.textContent = shown
      line.setAttribute('points', points(values, max))
    },
  }
}

function points(values: readonly (number | undefined)[], max: number): string {
  const top = Math.max(max, ...values.map((value) => value ?? 0)) || 1
  return values.flatMap((value, index) => {
    if (value === undefined) return []
    const x = WIDTH - (values.length - 1 - index) * (WIDTH / (POINTS - 1))
    return [`${x.toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`]
  }).join(' ')
}

function svg(tag: string, attributes: Readonly<Record<string, string>>, ...children: readonly SVGElement[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}
