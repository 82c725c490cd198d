/** The page of the inspector: the library's own element, on the gallery's box. */
import { GloveboxInspector } from 'glovebox/ui'
import { el } from '../dom.ts'
import type { Glovebox } from '../library.ts'
import { panelHead } from './panel-head.ts'

export function inspectorView(box: Glovebox): HTMLElement {
  const inspector = new GloveboxInspector()
  inspector.box = box
  return el(
    'article',
    { class: 'panel', 'aria-labelledby': 'panel-title' },
    panelHead('inspector', 'Inspector', 'What every extension in this box does, may do and has done.'),
    inspector,
  )
}
