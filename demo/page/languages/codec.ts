/** The codec: a picture goes in as a file, comes out packed as another, is unpacked again, and compared. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, number } from '../guest-value.ts'
import { runBar, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'
import { formatBytes } from './built.ts'
import { figure, landscape, show, sizeOf, type Picture } from './picture.ts'
import { picturePicker } from './picture-picker.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Files = Readonly<Record<string, Bytes>>

interface Packed {
  readonly file: Bytes
  /** What the program printed about it. */
  readonly said: string
}

const CHUNKS = ['run', 'index', 'difference', 'luma', 'rgb', 'rgba'] as const

export function codecTool(bench: Bench): HTMLElement {
  const source = { picture: landscape() }
  const before = figure('Before')
  const after = figure('Packed and unpacked')
  const sizes = el('dl', { class: 'bars wide', 'aria-label': 'Sizes' })
  const status = createStatus()
  const run = async (): Promise<void> => {
    const { picture } = source
    show(before.canvas, picture)
    before.caption.textContent = `Before: ${sizeOf(picture)}`
    try {
      const { width, height, pixels } = picture
      const packed = await command(bench, ['encode', String(width), String(height), 'in.rgba', 'out.qoi'], { 'in.rgba': pixels.slice() }, 'out.qoi')
      const unpacked = await command(bench, ['decode', 'in.qoi', 'out.rgba'], { 'in.qoi': packed.file.slice() }, 'out.rgba')
      show(after.canvas, { width, height, pixels: unpacked.file })
      fill(sizes, ...bars([['QOI', packed.file.length], ['Pixels', pixels.length], ['PNG, by the browser', await pngSize(before.canvas)]]))
      const isSame = unpacked.file.every((byte, index) => byte === pixels[index]) && unpacked.file.length === pixels.length
      status.done(`${isSame ? 'Every pixel came back.' : 'The pixels differ.'} ${chunkWords(packed.said)}`)
    } catch (error) {
      status.failed(error)
    }
  }
  const pick = picturePicker('codec-file', (picture) => {
    source.picture = picture
    void run()
  }, status.failed)
  void run()
  return toolForm('split', () => void run(), before.element, after.element, runBar(bench, 'Pack and unpack', pick), status.element, sizes)
}

/** Runs it once: files in, one file out, and what it said about it. */
async function command(bench: Bench, args: readonly string[], files: Files, output: string): Promise<Packed> {
  const result = await bench.perform(args[0] ?? '', (extension, signal) => extension.run({ args, files, signal }))
  const file = result.files.get(output)
  if (result.exitCode === 0 && file !== undefined) return { file, said: new TextDecoder().decode(result.stdout) }
  throw new Error(cleanText(new TextDecoder().decode(result.stderr), 200) || `It ended with ${result.exitCode}.`)
}

function chunkWords(said: string): string {
  const counts = fields(parse(said))
  const all = CHUNKS.map((name) => `${number(counts.get(name)).toLocaleString('en')} ${name}`)
  return `Chunks: ${all.join(', ')}.`
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function bars(rows: readonly (readonly [string, number])[]): readonly HTMLElement[] {
  const longest = Math.max(...rows.map(([, bytes]) => bytes))
  return rows.flatMap(([name, bytes]) => {
    const track = el('span', { class: 'bar', 'aria-hidden': 'true' })
    track.style.setProperty('--share', String(bytes / longest))
    return [el('dt', {}, name), el('dd', {}, track, el('span', { class: 'bar-time' }, formatBytes(bytes)))]
  })
}

function pngSize(canvas: HTMLCanvasElement): Promise<number> {
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob?.size ?? 0), 'image/png'))
}
