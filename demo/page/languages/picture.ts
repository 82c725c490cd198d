/** A picture to work on: a drawn landscape, or one of the visitor's, as pixels. */
import { el } from '../dom.ts'
import { formatBytes } from './built.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** RGBA. */
  readonly pixels: Uint8Array<ArrayBuffer>
}

const WIDTH = 360
const HEIGHT = 240
/** A visitor's picture is made smaller than this, so that it fits into one message many times over. */
const MAX_SIDE = 720

const SKY_AND_LAKE = [[0, '#20346b'], [0.45, '#e08a5a'], [0.62, '#ffd9a0'], [0.63, '#2f5d73'], [1, '#12263a']] as const

export function landscape(): Picture {
  const context = newContext(WIDTH, HEIGHT)
  const sky = context.createLinearGradient(0, 0, 0, HEIGHT)
  for (const [at, colour] of SKY_AND_LAKE) sky.addColorStop(at, colour)
  context.fillStyle = sky
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.fillStyle = '#fff3d0'
  context.beginPath()
  context.arc(250, 112, 22, 0, 7)
  context.fill()
  ridge(context, '#6b4a6e', [150, 110, 138, 92, 128, 84, 118, 104, 132, 96, 150])
  ridge(context, '#3a2f4f', [150, 140, 118, 146, 124, 148, 138, 112, 140, 126, 150])
  context.fillStyle = '#ffd9a0'
  for (let row = 0; row < 9; row++) context.fillRect(250 - 26 + row * 2.2, 156 + row * 8, 52 - row * 4.4, 2)
  return readPixels(context)
}

/** @throws where the file is no picture that this browser reads */
export async function readPicture(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const context = newContext(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)))
  context.drawImage(bitmap, 0, 0, context.canvas.width, context.canvas.height)
  bitmap.close()
  return readPixels(context)
}

/** Shows pixels on a canvas; what does not fit its size is a guest's nonsense and shows nothing. */
export function show(canvas: HTMLCanvasElement, { width, height, pixels }: Picture): void {
  canvas.width = width
  canvas.height = height
  if (pixels.length === width * height * 4) canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0)
}

/** A canvas with a line below it. */
export function figure(label: string): { readonly element: HTMLElement; readonly canvas: HTMLCanvasElement; readonly caption: HTMLElement } {
  const canvas = el('canvas', { role: 'img', 'aria-label': label })
  const caption = el('figcaption', {}, label)
  return { element: el('figure', { class: 'picture field' }, canvas, caption), canvas, caption }
}

export function sizeOf({ width, height, pixels }: Picture): string {
  return `${width} \u00d7 ${height}, ${formatBytes(pixels.length)}`
}

function newContext(width: number, height: number): CanvasRenderingContext2D {
  const context = el('canvas', { width, height }).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser draws no canvas.')
  return context
}

function readPixels(context: CanvasRenderingContext2D): Picture {
  const { width, height } = context.canvas
  const { data } = context.getImageData(0, 0, width, height)
  return { width, height, pixels: new Uint8Array(data.buffer.slice(0)) }
}

function ridge(context: CanvasRenderingContext2D, colour: string, heights: readonly number[]): void {
  context.fillStyle = colour
  context.beginPath()
  for (const [index, height] of heights.entries()) context.lineTo((index * WIDTH) / (heights.length - 1), height)
  context.lineTo(WIDTH, 151)
  context.lineTo(0, 151)
  context.fill()
}
