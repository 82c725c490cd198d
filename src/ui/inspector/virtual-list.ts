/**
 * A table of which only the rows in view are elements, so that ten thousand cost what thirty do. Rows have one height; elements are used again.
 * Assistive technology is told the numbers of rows.
 */
import { el } from '../dom.ts'

export interface VirtualListOptions {
  readonly label: string
  readonly rowHeight: () => number
  /** An empty row, to be filled again and again. */
  readonly createRow: () => HTMLElement
  readonly fillRow: (row: HTMLElement, index: number) => void
  /** The last rows came into view. */
  readonly onEnd: () => void
}

/** Rows above and below what is in view. */
const MARGIN = 6

export class VirtualList {
  readonly element: HTMLElement
  readonly #options: VirtualListOptions
  readonly #body = el('div', { class: 'rows', role: 'rowgroup' })
  readonly #rows = new Map<number, HTMLElement>()
  readonly #spare: HTMLElement[] = []
  #count = 0
  #height = 0
  #frame: number | undefined

  constructor(options: VirtualListOptions, head?: HTMLElement) {
    this.#options = options
    const relations = { role: 'table', 'aria-label': options.label, tabindex: 0 }
    this.element = el('div', { class: 'list', part: 'list', onscroll: () => this.#schedule(), ...relations }, head, this.#body)
    new ResizeObserver(() => this.#schedule()).observe(this.element)
  }

  /** Elements that exist now. */
  get size(): number {
    return this.#rows.size
  }

  /** @param added  new rows at the top: what the user looks at stays where it is */
  update(count: number, added = 0): void {
    this.#count = count
    this.element.setAttribute('aria-rowcount', String(count))
    const height = this.#options.rowHeight()
    this.#body.style.setProperty('block-size', `${count * height}px`)
    if (added > 0 && this.element.scrollTop > height) this.element.scrollTop += added * height
    this.#draw(true)
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#draw(false)
    })
  }

  #draw(isChanged: boolean): void {
    const height = this.#options.rowHeight()
    if (height !== this.#height) {
      this.#height = height
      return this.update(this.#count)
    }
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - MARGIN)
    const end = Math.min(this.#count, Math.ceil((this.element.scrollTop + this.element.clientHeight) / height) + MARGIN)
    for (const [index, row] of this.#rows) if (index < first || index >= end) this.#release(index, row)
    for (let index = first; index < end; index += 1) {
      const known = this.#rows.get(index)
      if (known && !isChanged) continue
      const row = known ?? this.#take(index)
      row.style.setProperty('inset-block-start', `${index * height}px`)
      row.setAttribute('aria-rowindex', String(index + 1))
      this.#options.fillRow(row, index)
    }
    if (end >= this.#count - 1 && this.#count > 0) this.#options.onEnd()
  }

  #take(index: number): HTMLElement {
    const row = this.#spare.pop() ?? this.#options.createRow()
    this.#rows.set(index, row)
    this.#body.append(row)
    return row
  }

  #release(index: number, row: HTMLElement): void {
    this.#rows.delete(index)
    this.#spare.push(row)
    row.remove()
  }
}
