/** The gallery's drawings: one stroke style, one 24-unit grid, shown in a port (the round window of a real glovebox). */
import { el, svg } from './dom.ts'

const PATHS: ReadonlyMap<string, string> = new Map([
  ['markdown', 'M4 17V7l4 5 4-5v10M18 7v9m-3-3 3 3 3-3'],
  ['csv', 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14'],
  ['schema', 'M9 4H7a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h2M15 4h2a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-2M9 12.5l2 2 4-4.5'],
  ['format', 'M4 6h10M4 10h16M8 14h12M8 18h7M18 3v6m3-3h-6'],
  ['feed', 'M5 19h.01M5 12a7 7 0 0 1 7 7M5 5a14 14 0 0 1 14 14'],
  ['libraries', 'M5 4h3v16H5zM10.5 4h3v16h-3zM15.8 5.3l2.9-.8 4 15.2-2.9.8z'],
  ['languages', 'M8 5 2.5 12 8 19M16 5l5.5 7L16 19M13.5 4l-3 16'],
  ['photo', 'M3 7h4l2-3h6l2 3h4v12H3zM12 9a4 4 0 1 0 0 8 4 4 0 0 0 0-8'],
  ['codec', 'M4 4h9v9H4zM8.5 4v9M4 8.5h9M16 16h4v4h-4zM14.5 14.5l1 1'],
  ['maze', 'M4 4h16v16H8M4 8v12M8 8h8v8h-4M8 12v4'],
  ['sudoku', 'M4 4h16v16H4zM9.3 4v16M14.7 4v16M4 9.3h16M4 14.7h16M6.5 6.5h.01M17.3 12h.01M12 17.3h.01'],
  ['palette', 'M12 3a9 9 0 1 0 0 18c2 0 2-1.5 1.2-2.6-1-1.3 0-2.9 1.5-2.9H17a4 4 0 0 0 4-4c0-4.7-4-8.5-9-8.5M8 8h.01M14 7h.01M7 13h.01'],
  ['gofmt', 'M4 6h9M4 10h13M8 14h12M4 18h8M17 4l3 3-3 3'],
  ['units', 'M3 8h18v8H3zM7 8v4M11 8v3M15 8v4M19 8v3'],
  ['cron', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2'],
  ['redact', 'M4 6h16M4 11h4M4 16h11M10 9.5h10v3H10z'],
  ['site', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3'],
  ['inspector', 'M3 13h4l2.5-7 4 13 3-9 1.5 3h3'],
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
