/** The heading of a page of the gallery: a port, the title, and a line of words below. */
import { el } from '../dom.ts'
import type { Child } from '../dom.ts'
import { port } from '../icon.ts'

export function panelHead(icon: string, title: string, ...line: Child[]): HTMLElement {
  return el('header', { class: 'panel-head' }, port(icon), el('div', {}, el('h1', { id: 'panel-title' }, title), el('p', {}, ...line)))
}
