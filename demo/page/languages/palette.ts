/** Palettes: a colour and a scheme go in as JSON, colours with their contrast come out. */
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, number, text, type Fields } from '../guest-value.ts'
import { runBar, select, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

const SCHEMES = [
  ['triad', 'Triad'],
  ['complement', 'Complement'],
  ['square', 'Square'],
  ['neighbours', 'Neighbours'],
  ['shades', 'Shades'],
] as const
/** What WCAG asks of text. */
const READABLE = 4.5

export function paletteTool(bench: Bench): HTMLElement {
  const colour = el('input', { type: 'color', id: 'palette-colour', value: '#2d8f6f' })
  const scheme = select('palette-scheme', 'Scheme', SCHEMES)
  const swatches = el('ul', { class: 'swatches', 'aria-label': 'Colours' })
  const status = createStatus()
  const run = async (): Promise<void> => {
    try {
      const answer = fields(await bench.run('palette', [colour.value, scheme.control.value]))
      if (answer.has('error')) throw new Error(text(answer.get('error')))
      const colours = list(answer.get('ok')).map(fields)
      fill(swatches, ...colours.map(swatch))
      const readable = colours.filter((each) => number(each.get('onWhite')) >= READABLE).length
      status.done(`${colours.length} colours, ${readable} of them readable on white.`)
    } catch (error) {
      status.failed(error)
    }
  }
  for (const control of [colour, scheme.control]) control.addEventListener('change', () => void run())
  void run()
  const field = el('div', { class: 'inline-field' }, el('label', { for: 'palette-colour' }, 'Colour'), colour)
  return toolForm('', () => void run(), runBar(bench, 'Match', field, scheme.element), status.element, swatches)
}

function swatch(colour: Fields): HTMLElement {
  const hex = text(colour.get('hex'))
  const isColour = /^#[0-9a-f]{6}$/.test(hex)
  const plate = el('span', { class: 'plate', 'aria-hidden': 'true' })
  if (isColour) plate.style.setProperty('background', hex)
  const [hue, saturation, lightness] = list(colour.get('hsl')).map(number)
  return el(
    'li',
    {},
    plate,
    el('code', {}, isColour ? hex : 'no colour'),
    el('span', {}, `${hue}\u00b0 ${saturation}% ${lightness}%`),
    el('span', {}, `${number(colour.get('onWhite'))} on white`),
    el('span', {}, `${number(colour.get('onBlack'))} on black`),
  )
}
