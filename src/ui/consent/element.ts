/**
 * `<glovebox-consent>`: asks the user, in a modal dialog. It starts on Deny; Escape, closing and aborting deny. Allow wakes up when the dialog has
 * stood still for a while, see arming.ts. Anything but a person's press of Allow is a denial.
 */
import type { PromptRequest } from '../../permission/prompt.ts'
import { attachRoot, ElementBase } from '../base.ts'
import type { ConsentDuration } from '../words.ts'
import { listenForAnswer } from './answers.ts'
import { Arming } from './arming.ts'
import type { Decision } from './decision.ts'
import { type ConsentForm, createConsentForm } from './form.ts'
import { type ConsentOptions, consentWords, DURATIONS, requireConsentOptions } from './options.ts'
import { CONSENT_STYLE } from './style.ts'

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
      const form = createConsentForm(request, { words: consentWords('options: words', this.options.words), durations: this.#durations(request.when) })
      this.#open(form)
      const { dialog, answers } = form
      const overflow = form.observeOverflow()
      const arming = new Arming({
        dialog, target: answers.allow, onChange: (state) => answers.show(state),
        delayMs: Math.max(this.options.armAfterMs ?? ARM_AFTER_MS, MIN_ARM_AFTER_MS),
      })
      const life = new AbortController()
      const settle = (decisions: readonly Decision[]): void => {
        if (life.signal.aborted) return
        life.abort()
        this.#end = undefined
        arming.dispose()
        overflow.disconnect()
        dialog.close()
        dialog.remove()
        resolve(decisions)
      }
      const deny = (): void => settle(form.denied())
      this.#end = deny
      listenForAnswer(dialog, answers, { arming, deny, allow: () => settle(form.allowed()) })
      signal?.addEventListener('abort', deny, { signal: life.signal })
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

  #open({ dialog, answers }: ConsentForm): void {
    this.#root ??= attachRoot(this, CONSENT_STYLE)
    this.#root.replaceChildren(dialog)
    dialog.showModal()
    answers.deny.focus({ preventScroll: true })
    dialog.scrollTop = 0 // engines scroll to what they focused first
  }
}
