/**
 * `<glovebox-consent>`: asks the user, in a modal dialog. It starts on Deny; Escape, closing and aborting deny. Allow wakes up when the dialog has
 * stood still for a while, see arming.ts. Anything but a person's press of Allow is a denial.
 */
import type { PromptRequest } from '../../permission/prompt.ts'
import { attachRoot, ElementBase } from '../base.ts'
import { el } from '../dom.ts'
import { CONSENT_WORDS, type ConsentDuration, type ConsentWords } from '../words.ts'
import { Arming, type ArmingState } from './arming.ts'
import type { Decision } from './decision.ts'
import { durationField } from './duration.ts'
import { type ConsentOptions, DURATIONS, requireConsentOptions } from './options.ts'
import { overflowNote } from './overflow.ts'
import { CONSENT_STYLE } from './style.ts'
import { consentHeader, permissionGroups, permissionView } from './view.ts'

const ARM_AFTER_MS = 700
const MIN_ARM_AFTER_MS = 300

export class GloveboxConsent extends ElementBase {
  options: ConsentOptions = {}
  #root: ShadowRoot | undefined
  #end: (() => void) | undefined

  /** Shows the question; it fits `prompt` of `createGlovebox`. The element must be in the document. A question that is open is denied. */
  ask(request: PromptRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly Decision[]> {
    this.#end?.()
    return new Promise((resolve) => {
      requireConsentOptions('options', this.options)
      let isSettled = false
      const words = { ...CONSENT_WORDS, ...this.options.words }
      const canChoose = request.when === 'use' && request.permissions.length > 1
      const views = request.permissions.map((permission) => permissionView(permission, { canChoose, words }))
      const duration = durationField(this.#durations(request.when), words, new Date())
      const dialog = el('dialog', { part: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'facts' })
      const settle = (decision: Decision): void => {
        if (isSettled) return
        isSettled = true
        this.#end = undefined
        signal?.removeEventListener('abort', deny)
        arming.dispose()
        overflow.disconnect()
        dialog.close()
        dialog.remove()
        resolve(views.map((view) => (view.isChosen() ? decision : 'deny')))
      }
      const deny = (): void => settle('deny')
      const answers = createAnswers(words)
      const below = overflowNote(words)
      const footer = el('div', { class: 'footer', part: 'footer' }, below.element, duration.element, answers.element, answers.status)
      dialog.append(
        consentHeader(request, words), permissionGroups(views, words),
        ...(request.when === 'install' && views.length > 1 ? [el('p', { class: 'note' }, words.allOrNothing)] : []),
        footer,
      )
      this.#open(dialog, answers.deny)
      const overflow = below.observe(dialog, footer)
      const arming = new Arming({
        dialog, target: answers.allow, onChange: (state) => answers.show(state),
        delayMs: Math.max(this.options.armAfterMs ?? ARM_AFTER_MS, MIN_ARM_AFTER_MS),
      })
      this.#end = deny
      listen(dialog, answers, { arming, deny, allow: () => settle(duration.decision()) })
      signal?.addEventListener('abort', deny)
      if (signal?.aborted) deny()
    })
  }

  /** Taken out of the document: nobody can answer. */
  disconnectedCallback(): void {
    this.#end?.()
  }

  #durations(when: PromptRequest['when']): readonly ConsentDuration[] {
    const { durations } = this.options
    if (durations !== undefined) return durations.length > 0 ? durations : ['once']
    // Asked at its use, once is the least that lets it go on; at install it would only mean to be asked again.
    return when === 'use' ? ['once', ...DURATIONS.filter((duration) => duration !== 'once')] : DURATIONS
  }

  #open(dialog: HTMLDialogElement, deny: HTMLElement): void {
    this.#root ??= attachRoot(this, CONSENT_STYLE)
    this.#root.replaceChildren(dialog)
    dialog.showModal()
    deny.focus({ preventScroll: true })
    dialog.scrollTop = 0 // engines scroll to what they focused first
  }
}

interface Answers {
  readonly element: HTMLElement
  readonly deny: HTMLButtonElement
  readonly allow: HTMLButtonElement
  readonly status: HTMLElement
  show(state: ArmingState): void
}

function createAnswers(words: ConsentWords): Answers {
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

function listen(
  dialog: HTMLDialogElement, { deny, allow }: Answers, on: { readonly arming: Arming; readonly deny: () => void; readonly allow: () => void },
): void {
  // A click that was meant for the page denies nothing either: the denial would be remembered.
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
    if (event.isTrusted) on.deny()
  })
  // Engines close it at a second Escape, whatever `cancel` says.
  dialog.addEventListener('close', on.deny)
}
