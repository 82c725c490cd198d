/** The consent dialog of one request, put together; it waits for nothing and answers nothing by itself. */
import type { PromptRequest } from '../../permission/prompt.ts'
import { el } from '../dom.ts'
import type { ConsentDuration, ConsentWords } from '../words.ts'
import { type Answers, createAnswers } from './answers.ts'
import type { Decision } from './decision.ts'
import { durationField } from './duration.ts'
import { overflowNote } from './overflow.ts'
import { consentHeader, permissionGroups, permissionView } from './view.ts'

export interface ConsentForm {
  readonly dialog: HTMLDialogElement
  readonly answers: Answers
  /** Keeps the note about what is out of view true; from when the dialog is open. */
  observeOverflow(): ResizeObserver
  denied(): readonly Decision[]
  /** As the user has set the form: those that they left out are denied. */
  allowed(): readonly Decision[]
}

export interface ConsentFormOptions {
  readonly words: ConsentWords
  /** The first one is chosen ahead. */
  readonly durations: readonly ConsentDuration[]
}

export function createConsentForm(request: PromptRequest, { words, durations }: ConsentFormOptions): ConsentForm {
  const isAtInstall = request.when === 'install'
  const canChoose = !isAtInstall && request.permissions.length > 1
  const views = request.permissions.map((permission) => permissionView(permission, { canChoose, words }))
  const duration = durationField(durations, words, new Date())
  const answers = createAnswers(words)
  const below = overflowNote(words)
  const footer = el('div', { class: 'footer', part: 'footer' }, below.element, duration.element, answers.element, answers.status)
  const dialog = el(
    'dialog', { part: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'facts' },
    consentHeader(request, words), permissionGroups(views, words),
    ...(isAtInstall && views.length > 1 ? [el('p', { class: 'note' }, words.allOrNothing)] : []),
    footer,
  )
  return {
    dialog, answers,
    observeOverflow: () => below.observe(dialog, footer),
    denied: () => views.map(() => 'deny'),
    allowed() {
      const decision = duration.decision()
      return views.map((view) => (view.isChosen() ? decision : 'deny'))
    },
  }
}
