/** What the inspector's tabs share: cards by extension that stay the same elements while their numbers change, and a stranger's name as text. */
import { cleanText } from '../../util/text.ts'
import { el } from '../dom.ts'
import type { InspectedBox, InspectedExtension } from './box.ts'
import type { InspectorWords } from './words.ts'

export interface Tab {
  readonly element: HTMLElement
  /** Reads the box and shows it; called while the tab is in view. */
  refresh(box: InspectedBox): Promise<void>
}

export interface Card {
  readonly element: HTMLElement
  update(extension: InspectedExtension): Promise<void>
}

/** One card for each extension, in the box's order. */
export function cardsTab(words: InspectorWords, createCard: (extension: InspectedExtension) => Card): Tab {
  const cards = new Map<string, Card>()
  const none = el('p', { class: 'none' }, words.none)
  const element = el('div', { class: 'cards' }, none)
  return {
    element,
    async refresh(box) {
      const extensions = box.list()
      const keys = extensions.map(({ id, origin }) => JSON.stringify([id, origin]))
      for (const [key, card] of cards) {
        if (keys.includes(key)) continue
        card.element.remove()
        cards.delete(key)
      }
      none.hidden = extensions.length > 0
      await Promise.all(extensions.map(async (extension, index) => {
        const key = keys[index] ?? ''
        const card = cards.get(key) ?? createCard(extension)
        if (!cards.has(key)) element.append(card.element)
        cards.set(key, card)
        await card.update(extension)
      }))
    },
  }
}

export function cardHead({ id, manifest }: InspectedExtension, more?: HTMLElement): HTMLElement {
  return el('div', { class: 'card-head' }, el('h2', {}, el('bdi', {}, cleanText(manifest.name, 80))), el('code', {}, cleanText(id, 128)), more)
}
