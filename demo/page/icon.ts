/** The gallery's drawings: one stroke style, one 24-unit grid, shown in a port (the round window of a real glovebox). */
import { el, svg } from './dom.ts'

const PATHS: ReadonlyMap<string, string> = new Map([
  ['markdown', 'M4 17V7l4 5 4-5v10M18 7v9m-3-3 3 3 3-3'],
  ['csv', 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14'],
  ['schema', 'M9 4H7a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h2M15 4h2a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-2M9 12.5l2 2 4-4.5'],
  ['format', 'M4 6h10M4 10h16M8 14h12M8 18h7M18 3v6m3-3h-6'],
  ['feed', 'M5 19h.01M5 12a7 7 0 0 1 7 7M5 5a14 14 0 0 1 14 14'],
  ['libraries', 'M5 4h3v16H5zM10.5 4h3v16h-3zM15.8 5.3l2.9-.8 4 15.2-2.9.8z'],
  ['hostile', 'M12 4 3 20h18zM12 10v5M12 17.6v.01'],
])

/** A port with the extension's drawing; decoration, hidden from assistive technology. */
export function port(name: string): HTMLElement {
  const path = svg('path', {
    d: PATHS.get(name) ?? '',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.75,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  })
  return el('span', { class: `port port-${name}`, 'aria-hidden': 'true' }, svg('svg', { viewBox: '0 0 24 24', width: 24, height: 24 }, path))
}

/** The mark: two ports, one behind the other. */
export function mark(): SVGElement {
  const ring = { cy: 12, r: 7, fill: 'none', 'stroke-width': 2.6 }
  return svg(
    'svg',
    { viewBox: '0 0 30 24', class: 'mark', 'aria-hidden': 'true' },
    svg('circle', { ...ring, cx: 10, stroke: 'currentColor' }),
    svg('circle', { ...ring, cx: 20, class: 'mark-second' }),
  )
}
