/** The consent dialog as a prompt: an element for each question, gone with its answer. */
import type { Prompt } from '../../permission/prompt.ts'
import { type ConsentOptions, GloveboxConsent } from './element.ts'

export interface ConsentDialogOptions extends ConsentOptions {
  /** Where the element goes while it asks: styles of yours reach it there. Default `document.body`. */
  readonly parent?: () => Node
}

/**
 * Asks the user with `<glovebox-consent>`.
 *
 * @example
 * const box = await createGlovebox({ trust: { kind: 'development' }, prompt: consentDialog() })
 */
export function consentDialog({ parent = () => document.body, ...options }: ConsentDialogOptions = {}): Prompt {
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
