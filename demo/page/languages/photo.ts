/** The darkroom: a picture before and after, and one filter with its strength. The guest gets a WIT record and a list of variants. */
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import { fields, list, number } from '../guest-value.ts'
import { runBar, select, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'
import { figure, landscape, show, type Picture } from './picture.ts'
import { picturePicker } from './picture-picker.ts'

interface Filter {
  readonly text: string
  /** Least, most, and the first value of its setting; none for a filter without one. */
  readonly range?: readonly [min: number, max: number, value: number]
}

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['blur', { text: 'Blur', range: [1, 24, 6] }],
  ['sharpen', { text: 'Sharpen', range: [0, 4, 2] }],
  ['edges', { text: 'Edges' }],
  ['sepia', { text: 'Sepia', range: [0, 1, 1] }],
  ['posterize', { text: 'Posterize', range: [2, 16, 4] }],
  ['pixelate', { text: 'Pixelate', range: [2, 40, 10] }],
  ['grayscale', { text: 'Grayscale' }],
  ['invert', { text: 'Invert' }],
])

export function photoTool(bench: Bench): HTMLElement {
  const source = { picture: landscape() }
  const before = figure('Before')
  const after = figure('After')
  const filter = select('photo-filter', 'Filter', [...FILTERS].map(([value, { text }]) => [value, text] as const))
  const strength = el('input', { type: 'range', id: 'photo-strength' })
  const status = createStatus()

  const reset = (): void => {
    const [min, max, value] = FILTERS.get(filter.control.value)?.range ?? [0, 0, 0]
    Object.assign(strength, { min, max, step: max <= 4 ? 0.05 : 1, value, disabled: max === 0 })
  }
  const run = async (): Promise<void> => {
    show(before.canvas, source.picture)
    try {
      const { range } = FILTERS.get(filter.control.value) ?? {}
      const setting = range ? { tag: filter.control.value, val: strength.valueAsNumber } : { tag: filter.control.value }
      // The pixels of an argument are given away, so the guest gets a copy.
      const picture = { ...source.picture, pixels: source.picture.pixels.slice() }
      const developed = readResult(await bench.run('darkroom.develop', [picture, [setting]]))
      show(after.canvas, developed)
      const histogram = fields(await bench.run('darkroom.measure', [developed]))
      status.done(`${developed.width * developed.height} pixels, average colour ${list(histogram.get('average')).map(number).join(', ')}.`)
    } catch (error) {
      status.failed(error)
    }
  }
  filter.control.addEventListener('change', () => {
    reset()
    void run()
  })
  strength.addEventListener('change', () => void run())
  const pick = picturePicker('photo-file', (picture) => {
    source.picture = picture
    void run()
  }, status.failed)
  reset()
  void run()
  const setting = el('div', { class: 'inline-field' }, el('label', { for: 'photo-strength' }, 'Strength'), strength)
  return toolForm('split', () => void run(), before.element, after.element, runBar(bench, 'Develop', pick, filter.element, setting), status.element)
}

function readResult(value: unknown): Picture {
  const result = fields(value)
  const pixels = result.get('pixels')
  // The test is about the buffer, which TypeScript does not follow.
  const isBytes = pixels instanceof Uint8Array && pixels.buffer instanceof ArrayBuffer
  const bytes = isBytes ? (pixels as Uint8Array<ArrayBuffer>) : new Uint8Array(0)
  return { width: number(result.get('width')), height: number(result.get('height')), pixels: bytes }
}
