/**
 * What capabilities share that lend powers of the browser's own: it wants the user to have just done something, asks by itself, and says no in
 * words of its own. Those become codes; its texts stay on the page.
 */
import type { ExtensionIdentity } from '../manifest/identity.ts'
import type { Authorization, CapabilityContext } from './capability.ts'
import { CapabilityError } from './capability.ts'

/** What a gesture of the user's lends an extension: each once. */
export type PlatformPower = 'chooser' | 'notification' | 'clipboard-read' | 'clipboard-write'

export interface Gestures {
  /** Does the browser count the user as active at this moment? */
  isActive(): boolean
  /** Has the user just done something for which the extension may have that power? Once for each gesture. */
  take(power: PlatformPower, identity: ExtensionIdentity): boolean
}

interface GestureUse {
  /** For people. */
  readonly what: string
  readonly power: PlatformPower
  readonly context: Pick<CapabilityContext, 'identity'>
  readonly grant: Pick<Authorization, 'isJustAllowed'>
}

/** Without it an extension would use the power unseen, at any moment and as often as it likes, wherever the browser has allowed the page to. */
export function requireGesture(gestures: Gestures, { what, power, context, grant }: GestureUse): void {
  if (!gestures.isActive()) throw gestureError(what)
  // A yes to this very use is worth a gesture; the one that led to the question is used by it as well.
  const isMeant = gestures.take(power, context.identity) || grant.isJustAllowed === true
  if (!isMeant) throw gestureError(what)
}

function gestureError(what: string, cause?: unknown): CapabilityError {
  return new CapabilityError('gesture-required', `${what} needs the user to have just clicked or typed in the page, and once for each time.`, { cause })
}

export function notSupported(what: string): CapabilityError {
  return new CapabilityError('not-supported', `${what}: this browser, or this page (https is needed), does not have it.`)
}

/**
 * Asks the browser for something. What comes after the guest's end or a revocation is given to `drop`.
 *
 * @throws {CapabilityError} browser-refused, gesture-required, cancelled, not-supported; or why the guest wants or may no more
 */
export async function usePlatform<T>(
  what: string, { context, grant, gestures, drop }: PlatformUse<T>, run: () => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([context.signal, grant.signal])
  signal.throwIfAborted()
  let abort = (): void => undefined
  const over = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  const answer = (async () => run())()
  answer.then((value) => signal.aborted && drop?.(value), () => undefined)
  try {
    const value = await Promise.race([answer, over])
    signal.throwIfAborted()
    return value
  } catch (cause) {
    throw signal.aborted ? signal.reason : toRefusal(what, cause, gestures.isActive())
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export interface PlatformUse<T> {
  readonly context: Pick<CapabilityContext, 'signal'>
  readonly grant: Pick<Authorization, 'signal'>
  readonly gestures: Pick<Gestures, 'isActive'>
  readonly drop?: (value: T) => void
}

function toRefusal(what: string, cause: unknown, isActive: boolean): unknown {
  const name = cause instanceof Error ? cause.name : ''
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      if (!isActive) return gestureError(what, cause)
      return new CapabilityError('browser-refused', `${what}: the browser, or the user in the browser, does not allow it to this page.`, { cause })
    case 'AbortError':
    case 'NotFoundError':
      return new CapabilityError('cancelled', `${what}: the user chose nothing.`, { cause })
    case 'NotSupportedError':
      return notSupported(what)
    case 'CapabilityError':
    case 'LimitError':
      return cause
    default:
      return new CapabilityError('browser-refused', `${what} failed in the browser.`, { cause })
  }
}
