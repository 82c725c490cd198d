/**
 * Words of the page's in place of the English ones, whole or in part. One that is misspelt would show in English, one that is no text as nothing:
 * both are the page's mistake, and said.
 */
import { requireKnownKeys, requireObject } from '../util/known-keys.ts'

/** In a group of words, too, those that are left out stay English. */
export type GivenWords<Words> = {
  readonly [Name in keyof Words]?: Words[Name] extends Readonly<Record<string, string>> ? Partial<Words[Name]> : Words[Name]
}

/** All of `english`, with what is `given` in its place. @throws {TypeError} for a word that there is not, or of another kind */
export function completeWords<Words extends object>(place: string, english: Words, given: unknown): Words {
  requireObject(place, given)
  requireKnownKeys(place, given, Object.keys(english))
  const words = Object.entries(english).map(([name, word]: [string, unknown]) => [name, wordFor(`${place}.${name}`, word, Reflect.get(given, name))])
  return Object.freeze(Object.fromEntries(words)) as Words // each of the kind that the English one has
}

function wordFor(place: string, english: unknown, given: unknown): unknown {
  if (given === undefined) return english
  if (typeof english === 'object' && english !== null) return completeWords(place, english, given)
  if (typeof given !== typeof english) throw new TypeError(`${place} must be a ${typeof english}, got ${String(given).slice(0, 40)}.`)
  return given
}
