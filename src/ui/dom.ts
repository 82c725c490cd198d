/**
 * Elements from data. Text goes in as text and attributes as attributes: there is no way from here to markup or to a style attribute, so that
 * no stranger's text becomes an element, and a page with a strict policy and Trusted Types needs no exception.
 */
export type Child = Node | string | undefined
export type Props = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>

/** Makes an element. `onclick`-like keys take listeners; `true` is an empty attribute, `false` and `undefined` are none. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else setAttribute(element, name, value)
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

export function setAttribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name)
  else element.setAttribute(name, value === true ? '' : String(value))
}

/** `{name} asks` with nodes in place of the braces, so that a translation chooses their order. An unknown name stays as it is written. */
export function phrase(template: string, parts: Readonly<Record<string, Node | string>>): readonly (Node | string)[] {
  return template.split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1]
    return name !== undefined && Object.hasOwn(parts, name) ? parts[name] ?? piece : piece
  })
}
