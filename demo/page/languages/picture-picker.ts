/** Chooses a picture of the visitor's own. */
import { el } from '../dom.ts'
import { readPicture, type Picture } from './picture.ts'

export function picturePicker(id: string, onPicture: (picture: Picture) => void, onError: (error: unknown) => void): HTMLElement {
  const input = el('input', { type: 'file', id, accept: 'image/*', class: 'file-input' })
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file) readPicture(file).then(onPicture, onError)
  })
  return el('span', { class: 'file' }, input, el('label', { for: id, class: 'button quiet' }, 'A picture of yours\u2026'))
}
