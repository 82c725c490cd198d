/** The box as a picture: three rings around the guest, two ports to reach in. */
import { svg } from '../dom.ts'

export function diagram(): SVGElement {
  const label = (x: number, y: number, words: string, name: string): SVGElement => {
    const text = svg('text', { x, y, class: name, 'text-anchor': 'middle' })
    text.textContent = words
    return text
  }
  return svg(
    'svg',
    {
      viewBox: '0 0 360 240',
      class: 'diagram',
      role: 'img',
      'aria-label': 'The guest inside the language ring, inside the origin ring, inside the broker ring of this page.',
    },
    svg('rect', { x: 8, y: 8, width: 344, height: 224, rx: 26, class: 'ring-broker' }),
    svg('rect', { x: 52, y: 44, width: 256, height: 152, rx: 20, class: 'ring-origin' }),
    svg('rect', { x: 96, y: 78, width: 168, height: 84, rx: 14, class: 'ring-language' }),
    label(180, 31, 'this page: broker', 'ring-label'),
    label(180, 66, 'opaque-origin frame', 'ring-label'),
    label(180, 116, 'QuickJS', 'ring-label'),
    label(180, 138, 'guest', 'ring-guest'),
    svg('circle', { cx: 134, cy: 197, r: 19, class: 'ring-port' }),
    svg('circle', { cx: 226, cy: 197, r: 19, class: 'ring-port' }),
    svg('circle', { cx: 134, cy: 197, r: 11, class: 'ring-port-inner' }),
    svg('circle', { cx: 226, cy: 197, r: 11, class: 'ring-port-inner' }),
  )
}
