/**
 * Did an attempt get anywhere? Judged by the page from what it can see itself: how the call ended, what the attacker claims to have
 * reached, whether the page's own prototypes are as they were, and what the log let through.
 */
import { cleanText } from 'glovebox/ui'
import { describeFailure } from '../failure.ts'
import { fields, list, text } from '../guest-value.ts'

export interface Verdict {
  readonly isBlocked: boolean
  /** What stopped it: codes of the library, or `nothing-reachable` where there was nothing to take. */
  readonly stoppedBy: readonly string[]
  readonly detail: string
}

export type Ending = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly error: unknown }

/** A log flood of 5 000 lines is 1.3 MB; what arrives must be a small part of it. */
const LOG_CHARACTERS_TOLERATED = 32_768

export function judge(call: string, ending: Ending, loggedCharacters: number): Verdict {
  if (!isPageIntact()) return { isBlocked: false, stoppedBy: [], detail: 'The page\u2019s prototypes changed.' }
  if (ending.kind === 'error') {
    const { code, message } = describeFailure(ending.error)
    return { isBlocked: code !== 'page-error', stoppedBy: [code], detail: message }
  }
  if (call === 'floodLog') {
    const detail = `${loggedCharacters.toLocaleString('en')} of about 1 300 000 characters came through, escaped.`
    return { isBlocked: loggedCharacters < LOG_CHARACTERS_TOLERATED, stoppedBy: ['rate-limit'], detail }
  }
  return judgeValue(fields(ending.value))
}

function judgeValue(value: ReadonlyMap<string, unknown>): Verdict {
  const reached = list(value.get('reached')).map((item) => cleanText(text(item), 200))
  const stopped = list(value.get('stopped')).map((item) => cleanText(text(item), 200))
  const codes = new Set(stopped.map((item) => item.slice(item.lastIndexOf(': ') + 2)))
  if (reached.length > 0) return { isBlocked: false, stoppedBy: [], detail: `Reached: ${reached.join(', ')}` }
  if (codes.size === 0) return { isBlocked: true, stoppedBy: ['nothing-reachable'], detail: 'It ran, and found nothing that leads outside.' }
  return { isBlocked: true, stoppedBy: [...codes], detail: stopped.join('; ') }
}

const PRISTINE = [Object, Array, Function, Promise, Map, String].map((type) => [type.prototype, Reflect.ownKeys(type.prototype).length] as const)

function isPageIntact(): boolean {
  return PRISTINE.every(([prototype, keys]) => Reflect.ownKeys(prototype).length === keys) && JSON.stringify({ a: [1] }) === '{"a":[1]}'
}
