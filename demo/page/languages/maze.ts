/** The maze: dug and searched by a command, drawn here. What was looked at is shown in the order of looking, the way on top. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import { fields, list, number } from '../guest-value.ts'
import { runBar, select, toolForm } from '../part/run-bar.ts'
import { createStatus } from '../part/status.ts'

interface Maze {
  readonly width: number
  readonly height: number
  /** For each cell: 1 north, 2 east, 4 south, 8 west. */
  readonly open: readonly number[]
  readonly visited: readonly number[]
  readonly path: readonly number[]
}

const METHODS = [
  ['astar', 'A*'],
  ['breadth', 'Breadth first'],
  ['depth', 'Depth first'],
] as const
const SIZES = [
  ['24 16', 'Small'],
  ['48 32', 'Medium'],
  ['96 64', 'Large'],
] as const
const MAX_SIDE = 200

export function mazeTool(bench: Bench): HTMLElement {
  const method = select('maze-method', 'Search', METHODS)
  const size = select('maze-size', 'Size', SIZES)
  const canvas = el('canvas', { class: 'maze wide', role: 'img', 'aria-label': 'The maze' })
  const status = createStatus()
  const state: { seed: number; maze: Maze | undefined } = { seed: 7, maze: undefined }
  const draw = (): void => {
    if (state.maze) drawMaze(canvas, state.maze)
  }
  const run = async (): Promise<void> => {
    try {
      const args = [...size.control.value.split(' '), String(state.seed), method.control.value]
      const { exitCode, stdout, stderr } = await bench.perform('run', (extension, signal) => extension.run({ args, signal }))
      if (exitCode !== 0) throw new Error(cleanText(new TextDecoder().decode(stderr), 200) || `It ended with ${exitCode}.`)
      state.maze = readMaze(JSON.parse(new TextDecoder().decode(stdout)))
      draw()
      const { visited, path, open } = state.maze
      status.done(`A way of ${path.length} cells, after looking at ${visited.length} of ${open.length}.`)
    } catch (error) {
      status.failed(error)
    }
  }
  const dig = (): void => {
    state.seed += 1
    void run()
  }
  for (const { control } of [method, size]) control.addEventListener('change', () => void run())
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  void run()
  return toolForm('', dig, runBar(bench, 'Dig another', size.element, method.element), status.element, canvas)
}

function readMaze(value: unknown): Maze {
  const maze = fields(value)
  const side = (name: string): number => Math.min(MAX_SIDE, Math.max(1, Math.trunc(number(maze.get(name)))))
  const numbers = (name: string): readonly number[] => list(maze.get(name)).map(number)
  return { width: side('width'), height: side('height'), open: numbers('open'), visited: numbers('visited'), path: numbers('path') }
}

function drawMaze(canvas: HTMLCanvasElement, { width, height, open, visited, path }: Maze): void {
  const cell = Math.max(6, Math.floor(1440 / width))
  canvas.width = width * cell + 2
  canvas.height = height * cell + 2
  const context = canvas.getContext('2d')
  if (context === null) return
  const colour = (name: string): string => getComputedStyle(canvas).getPropertyValue(name)
  const place = (index: number): readonly [number, number] => [(index % width) * cell + 1, Math.floor(index / width) * cell + 1]
  context.fillStyle = colour('--accent-soft')
  for (const index of visited) context.fillRect(...place(index), cell, cell)
  context.lineWidth = Math.max(2, cell / 3)
  context.lineCap = context.lineJoin = 'round'
  context.strokeStyle = colour('--accent')
  context.beginPath()
  for (const index of path) {
    const [x, y] = place(index)
    context.lineTo(x + cell / 2, y + cell / 2)
  }
  context.stroke()
  context.lineWidth = 2
  context.strokeStyle = colour('--ink')
  context.beginPath()
  for (const [index, sides] of open.entries()) {
    const [x, y] = place(index)
    if ((sides & 2) === 0) line(context, x + cell, y, x + cell, y + cell)
    if ((sides & 4) === 0) line(context, x, y + cell, x + cell, y + cell)
  }
  context.rect(1, 1, width * cell, height * cell)
  context.stroke()
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
}
