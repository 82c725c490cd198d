/** What the consent dialog may be told, and its check: a misspelt duration or word would show as nothing, or as the English one. */
import { requireKnownKeys, requireObject } from '../../util/known-keys.ts'
import { CONSENT_WORDS, type ConsentDuration, type ConsentWords } from '../words.ts'

export interface ConsentOptions {
  /** Texts in place of the English ones. */
  readonly words?: Partial<ConsentWords>
  /**
   * For how long something may be allowed, the first one chosen ahead. Default `session`, `once`, `until`, `always`; when asked at its use, `once`
   * is first.
   */
  readonly durations?: readonly ConsentDuration[]
  /** How long the dialog must stand still and in view before Allow works, ms. Default 700, at least 300. */
  readonly armAfterMs?: number
}

export const DURATIONS: readonly ConsentDuration[] = ['session', 'once', 'until', 'always']

const KNOWN: readonly (keyof ConsentOptions)[] = ['words', 'durations', 'armAfterMs']

/** @param more  keys that the caller takes beside them @throws {TypeError} naming what was expected */
export function requireConsentOptions(place: string, input: unknown, more: readonly string[] = []): void {
  requireObject(`The options of ${place}`, input)
  requireKnownKeys(place, input, [...KNOWN, ...more])
  const [words, durations, armAfterMs] = KNOWN.map((name): unknown => Reflect.get(input, name))
  if (durations !== undefined && !(Array.isArray(durations) && durations.every((one) => DURATIONS.some((known) => known === one)))) {
    throw new TypeError(`${place}: durations must be a list of ${DURATIONS.join(', ')}, got ${String(durations).slice(0, 100)}.`)
  }
  // No number would be no time at all for a timer.
  if (armAfterMs !== undefined && !(typeof armAfterMs === 'number' && armAfterMs >= 0)) {
    throw new TypeError(`${place}: armAfterMs must be a number of ms, got ${String(armAfterMs).slice(0, 40)}.`)
  }
  if (words !== undefined) requireWords(place, words)
}

function requireWords(place: string, words: unknown): void {
  requireObject(`${place}: words`, words)
  requireKnownKeys(`${place}: words`, words, Object.keys(CONSENT_WORDS))
  for (const [name, english] of Object.entries(CONSENT_WORDS)) {
    const word: unknown = Reflect.get(words, name)
    if (word !== undefined && typeof word !== typeof english) throw new TypeError(`${place}: words.${name} must be a ${typeof english}, got ${typeof word}.`)
  }
}
