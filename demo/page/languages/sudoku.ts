/** Sudoku: the guest keeps the board; this page asks it cell by cell, in numbers, and tells it what the visitor types. */
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import { number } from '../guest-value.ts'
import { runBar, toolForm } from '../part/run-bar.ts'
import { createStatus, formatMs } from '../part/status.ts'

const SIZE = 9
const CELLS = SIZE * SIZE

export function sudokuTool(bench: Bench): HTMLElement {
  const cells = Array.from({ length: CELLS }, (_, index) => cell(index))
  const board = el('div', { class: 'sudoku', role: 'group', 'aria-label': 'Board' }, ...cells)
  const status = createStatus()
  const state = { seed: 1 }

  const read = async (): Promise<string> => {
    const begun = performance.now()
    const digits = await bench.perform(`get \u00d7 ${CELLS}`, (extension, signal) =>
      Promise.all(cells.map(async (_, index) => number(await extension.call('get', [index], { signal })))))
    for (const [index, input] of cells.entries()) input.value = digits[index] ? String(digits[index]) : ''
    return `${CELLS} calls read the board in ${formatMs(performance.now() - begun)}.`
  }
  const attempt = (work: () => Promise<string>): void => void work().then(status.done, status.failed)
  const generate = async (): Promise<string> => {
    const left = number(await bench.run('generate', [state.seed]))
    state.seed += 1
    const words = await read()
    for (const input of cells) input.readOnly = input.value !== ''
    for (const input of cells) input.removeAttribute('aria-invalid')
    return `${left} digits and one solution. ${words}`
  }
  const solve = async (): Promise<string> => {
    const before = number(await bench.run('guesses', []))
    const ways = number(await bench.run('solve', []))
    const guesses = number(await bench.run('guesses', [])) - before
    if (ways === 0) return 'There is no way to fill the rest.'
    const words = await read()
    return `${ways === 1 ? 'One way' : 'More than one way'} to fill it, after ${guesses} guesses. ${words}`
  }
  const enter = async (index: number, input: HTMLInputElement): Promise<string> => {
    const digit = /^[1-9]$/.test(input.value) ? Number(input.value) : 0
    if (digit === 0) input.value = ''
    const fits = number(await bench.run('set', [index, digit])) === 1
    input.setAttribute('aria-invalid', String(!fits))
    return fits ? 'It fits.' : `${digit} is in that row, column or box already.`
  }
  for (const [index, input] of cells.entries()) input.addEventListener('input', () => attempt(() => enter(index, input)))
  board.addEventListener('keydown', (event) => moveFocus(event, cells))
  attempt(generate)
  const solver = el('button', { type: 'button', class: 'quiet', onclick: () => attempt(solve) }, 'Solve it')
  return toolForm('', () => attempt(generate), runBar(bench, 'New puzzle', solver), status.element, board)
}

function cell(index: number): HTMLInputElement {
  const [row, column] = [Math.floor(index / SIZE) + 1, (index % SIZE) + 1]
  return el('input', { inputmode: 'numeric', maxlength: 1, autocomplete: 'off', 'aria-label': `Row ${row}, column ${column}` })
}

/** Arrow keys walk over the board. */
function moveFocus(event: KeyboardEvent, cells: readonly HTMLInputElement[]): void {
  const step = new Map([['ArrowLeft', -1], ['ArrowRight', 1], ['ArrowUp', -SIZE], ['ArrowDown', SIZE]]).get(event.key)
  const here = cells.findIndex((input) => input === event.target)
  const next = step === undefined ? undefined : cells[here + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
