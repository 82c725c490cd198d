/** What the consent dialog may be told, and its check: a misspelt duration or word would show as nothing, or as the English one. */
import { requireKnownKeys, requireObject } from '../../util/known-keys.ts'
import { completeWords, type GivenWords } from '../given-words.ts'
import { type PermissionWords, RISKS } from '../risk.ts'
import { CONSENT_WORDS, type ConsentDuration, type ConsentWords } from '../words.ts'

export interface ConsentOptions {
  /** Texts in place of the English ones. */
  readonly words?: GivenWords<ConsentWords>
  /**
   * For how long something may be allowed, the first one chosen ahead. Default `session`, `once`, `until`, `always`; when asked at its use, `once`
   * is first.
   */
  readonly durations?: readonly ConsentDuration[]
  /** How long the dialog must stand still and in view before Allow works, ms. Default 700, at least 300. */
  readonly armAfterMs?: number
}

export const DURATIONS: readonly ConsentDuration[] = ['session', 'once', 'until', 'always']

const TEXTS: readonly (keyof PermissionWords)[] = ['title', 'why']
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
  consentWords(`${place}: words`, words)
}

/** All words, with the page's in place of the English ones. @throws {TypeError} for a word that there is not, or of another kind */
export function consentWords(place: string, given: unknown = {}): ConsentWords {
  requireObject(place, given)
  const { permissions = {}, ...words }: { readonly permissions?: unknown } = given
  requirePermissionWords(`${place}.permissions`, permissions)
  return { ...completeWords(place, CONSENT_WORDS, words), permissions }
}

/** The two texts of a permission belong together: none is filled in. */
function requirePermissionWords(place: string, given: unknown): asserts given is ConsentWords['permissions'] {
  requireObject(place, given)
  requireKnownKeys(place, given, Object.keys(RISKS))
  for (const [name, texts] of Object.entries<unknown>({ ...given })) {
    requireObject(`${place}.${name}`, texts)
    requireKnownKeys(`${place}.${name}`, texts, TEXTS)
    for (const text of TEXTS) requireText(`${place}.${name}.${text}`, Reflect.get(texts, text))
  }
}

function requireText(place: string, given: unknown): void {
  if (typeof given !== 'string') throw new TypeError(`${place} must be a string, got ${String(given).slice(0, 40)}.`)
}
