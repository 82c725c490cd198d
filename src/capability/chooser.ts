/**
 * The browser's own dialogs in which the user picks a file or a device. One at a time for all extensions, never without a gesture, and each counts
 * as a question to the user: else an extension with a lasting grant could turn every click in the page into a dialog.
 */
import { LimitError } from '../errors.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { Authorization, CapabilityContext } from './capability.ts'
import { requireGesture, usePlatform, type Gestures } from './platform.ts'

export interface ChooserOptions {
  readonly gestures: Gestures
  /** Stops the clocks of the extension's calls until what it gives is called: people are slow. */
  readonly pause: (identity: ExtensionIdentity) => () => void
}

export interface Choice<T> {
  /** For people: `Choosing a file`. */
  readonly what: string
  readonly context: CapabilityContext
  readonly grant: Authorization
  /** Opens the dialog at once, in the turn of the call: its signal is of the guest's end. */
  readonly open: (signal: AbortSignal) => Promise<T>
  /** Gets what was chosen too late. */
  readonly drop?: (chosen: T) => void
}

export class Chooser {
  readonly #options: ChooserOptions
  #isOpen = false

  constructor(options: ChooserOptions) {
    this.#options = options
  }

  /** @throws {CapabilityError} gesture-required, cancelled, browser-refused @throws {LimitError} queue-full, rate-limit */
  async choose<T>({ what, context, grant, open, drop }: Choice<T>): Promise<T> {
    const { gestures, pause } = this.#options
    if (this.#isOpen) throw new LimitError('queue-full', 'Another dialog of the browser is open.')
    requireGesture(gestures, { what, power: 'chooser', context, grant })
    context.meter.take('promptsPerMinute')
    this.#isOpen = true
    const resume = pause(context.identity)
    const over = AbortSignal.any([context.signal, grant.signal])
    try {
      return await usePlatform(what, { context, grant, gestures, ...(drop && { drop }) }, () => open(over))
    } finally {
      this.#isOpen = false
      resume()
    }
  }
}
