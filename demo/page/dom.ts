/**
 * Elements from data. Text goes in as text and attributes as attributes: there is no way from here to markup, so that nothing a guest
 * returns can become an element of the page.
 */
export type Child = Node | string | undefined
type Value = string | number | boolean | undefined | ((event: Event) => void)
export type Props = Readonly<Record<string, Value>>

/** Makes an element. `onclick`-like keys take listeners; `true` is an empty attribute, `false` and `undefined` are none. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else setAttribute(element, name, value)
  }
  append(element, children)
  return element
}

/** The same for SVG, without listeners. */
export function svg(tag: string, props: Readonly<Record<string, string | number>>, ...children: SVGElement[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(props)) setAttribute(element, name, value)
  element.append(...children)
  return element
}

/** Replaces what is in `parent`. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren()
  append(parent, children)
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`index.html has no #${id}.`)
  return element
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined) parent.append(child)
}

function setAttribute(element: Element, name: string, value: Exclude<Value, (event: Event) => void>): void {
  if (value === undefined || value === false) return
  element.setAttribute(name, value === true ? '' : String(value))
}
