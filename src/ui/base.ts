/**
 * What the custom elements share: a class to extend that also exists where there is no document (a server that renders imports this module,
 * too), and style sheets that a strict policy lets through, since no text of theirs is in the page.
 */
import { THEME } from './theme.ts'

/** Where there are no elements nobody makes one. */
export const ElementBase: typeof HTMLElement = Reflect.get(globalThis, 'HTMLElement') ?? (class {} as typeof HTMLElement)

/** A sheet belongs to the document it was made in. */
const SHEETS = new WeakMap<Document, Map<string, CSSStyleSheet>>()

/** An open shadow root with the theme and `css`. Open: the page is trusted, and tools that judge accessibility look inside. */
export function attachRoot(host: HTMLElement, css: string): ShadowRoot {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [sheetOf(host.ownerDocument, THEME), sheetOf(host.ownerDocument, css)]
  return root
}

function sheetOf(document: Document, css: string): CSSStyleSheet {
  const sheets = SHEETS.get(document) ?? new Map<string, CSSStyleSheet>()
  SHEETS.set(document, sheets)
  const known = sheets.get(css)
  if (known) return known
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  sheets.set(css, sheet)
  return sheet
}

/** Another copy of the library may have been first; its element is as good. */
export function defineElement(name: string, constructor: CustomElementConstructor): void {
  if (typeof customElements === 'object' && customElements.get(name) === undefined) customElements.define(name, constructor)
}
