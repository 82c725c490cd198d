/** The two buttons of the consent dialog, and when they count as pressed: by a person who saw what they answer. */
import { el } from '../dom.ts'
import type { ConsentWords } from '../words.ts'
import type { Arming, ArmingState } from './arming.ts'

export interface Answers {
  readonly element: HTMLElement
  readonly deny: HTMLButtonElement
  readonly allow: HTMLButtonElement
  readonly status: HTMLElement
  show(state: ArmingState): void
}

export function createAnswers(words: ConsentWords): Answers {
  const deny = el('button', { type: 'button', class: 'deny', part: 'deny' }, words.deny)
  const allow = el('button', { type: 'button', class: 'allow', part: 'allow' }, words.allow)
  const status = el('p', { class: 'status', role: 'status' })
  let isAwake = false
  return {
    deny, allow, status,
    element: el('div', { class: 'answers' }, deny, allow),
    show(state) {
      // Disabled for real they could not have the focus.
      allow.ariaDisabled = String(state !== 'armed')
      // Only a click that was meant for the page before the dialog came must not deny; later on, Deny is what a person who is pushed about reaches for.
      isAwake ||= state !== 'waiting'
      deny.ariaDisabled = String(!isAwake)
      status.textContent = state === 'covered' ? words.covered : ''
    },
  }
}

export function listenForAnswer(
  dialog: HTMLDialogElement, { deny, allow }: Answers, on: { readonly arming: Arming; readonly deny: () => void; readonly allow: () => void },
): void {
  // A click or an Escape that was meant for the page denies nothing either: the denial would be remembered.
  deny.addEventListener('click', (event) => {
    if (event.isTrusted && deny.ariaDisabled !== 'true') on.deny()
  })
  allow.addEventListener('click', (event) => {
    if (on.arming.accepts(event)) on.allow()
  })
  // A key that was held down before presses nothing here.
  dialog.addEventListener('keydown', (event) => {
    if (event.repeat && event.key === 'Enter') event.preventDefault()
  })
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    if (event.isTrusted && deny.ariaDisabled !== 'true') on.deny()
  })
  // Engines close it at a second Escape, whatever `cancel` says.
  dialog.addEventListener('close', on.deny)
}
