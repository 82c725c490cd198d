/** The consent dialog as a prompt: an element for each question, gone with its answer. */
import type { Prompt } from '../../permission/prompt.ts'
import { GloveboxConsent } from './element.ts'
import { type ConsentOptions, requireConsentOptions } from './options.ts'

export interface ConsentDialogOptions extends ConsentOptions {
  /** Where the element goes while it asks: styles of yours reach it there. Default `document.body`. */
  readonly parent?: () => Node
}

/**
 * Asks the user with `<glovebox-consent>`.
 *
 * @throws {TypeError} for an option, a duration or a word that there is not
 *
 * @example
 * const box = await createGlovebox({ trust: { kind: 'development' }, prompt: consentDialog() })
 */
export function consentDialog(given: ConsentDialogOptions = {}): Prompt {
  requireConsentOptions('consentDialog', given, ['parent'])
  const { parent = () => document.body, ...options } = given
  if (typeof parent !== 'function') throw new TypeError('consentDialog: parent must be a function that gives a node.')
  return async (request, { signal }) => {
    const element = new GloveboxConsent()
    element.options = options
    parent().appendChild(element)
    try {
      return await element.ask(request, { signal })
    } finally {
      element.remove()
    }
  }
}
