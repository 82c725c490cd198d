/** Run and Stop for a tool, with its options between; Ctrl+Enter in any field of the form runs too. */
import type { Bench } from '../bench.ts'
import { el } from '../dom.ts'
import type { Child } from '../dom.ts'

export function runBar(bench: Bench, label: string, ...options: Child[]): HTMLElement {
  const stop = el('button', { type: 'button', class: 'quiet', disabled: true, onclick: () => bench.stop() }, 'Stop')
  bench.addEventListener('change', () => {
    stop.disabled = !bench.isRunning
  })
  return el('div', { class: 'run-bar' }, el('button', { type: 'submit', class: 'primary' }, label), stop, ...options)
}

/** A form that never leaves the page. */
export function toolForm(className: string, onRun: () => void, ...children: Child[]): HTMLFormElement {
  const form = el('form', { class: `tool ${className}`, novalidate: true }, ...children)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    onRun()
  })
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    onRun()
  })
  return form
}

/** A labelled editor for source text. */
export function editor(id: string, label: string, value: string, rows = 14): { readonly element: HTMLElement; readonly area: HTMLTextAreaElement } {
  const area = el('textarea', { id, rows, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off' })
  area.value = value
  return { element: el('div', { class: 'field' }, el('label', { for: id }, label), area), area }
}

/** Buttons that each try one input. */
export function examples(inputs: readonly string[], onPick: (input: string) => void): HTMLElement {
  const button = (input: string): HTMLElement => el('button', { type: 'button', class: 'quiet small', onclick: () => onPick(input) }, input)
  return el('div', { class: 'run-bar' }, ...inputs.map(button))
}

export function select(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): { readonly element: HTMLElement; readonly control: HTMLSelectElement } {
  const control = el('select', { id }, ...options.map(([value, text]) => el('option', { value }, text)))
  return { element: el('div', { class: 'inline-field' }, el('label', { for: id }, label), control), control }
}

export function checkbox(id: string, label: string, isChecked = false): { readonly element: HTMLElement; readonly control: HTMLInputElement } {
  const control = el('input', { type: 'checkbox', id, checked: isChecked })
  return { element: el('label', { class: 'check', for: id }, control, label), control }
}
