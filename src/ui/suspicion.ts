/**
 * What is odd about a name or a host that a stranger chose: hidden characters, letters of several scripts in one word, letters that are drawn
 * like Latin ones, addresses that need not be what they seem. A reason to look twice, never a proof; nothing is changed or hidden by it.
 */

export type Suspicion = 'hidden-characters' | 'mixed-scripts' | 'look-alike-letters' | 'punycode' | 'not-encrypted' | 'private-network'

const SCRIPTS = [
  'Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Cherokee', 'Thai', 'Devanagari', 'Hangul', 'Georgian', 'Coptic', 'Lisu',
].map((name) => new RegExp(`\\p{Script=${name}}`, 'u'))
/** Written as one language with Latin letters in between: Japanese, Chinese. */
const HAN_LIKE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Bopomofo}/u
/** Letters of Cyrillic, Greek and Armenian that fonts draw as Latin ones. */
const DRAWN_AS_LATIN = new RegExp(
  '^[\\u0430\\u0435\\u043e\\u0440\\u0441\\u0443\\u0445\\u0455\\u0456\\u0458\\u0501\\u051b\\u051d\\u0410\\u0412\\u0415\\u041a\\u041c\\u041d\\u041e' +
    '\\u0420\\u0421\\u0422\\u0423\\u0425\\u0405\\u0406\\u0408\\u04bb\\u04cf\\u03bf\\u03c1\\u03bd\\u03b9\\u0391\\u0392\\u0395\\u0396' +
    '\\u0397\\u0399\\u039a\\u039c\\u039d\\u039f\\u03a1\\u03a4\\u03a5\\u03a7\\u0585\\u057d\\u0578\\u0570]+$',
  'u',
)
/** Full-width, mathematical and enclosed letters: the same letters, drawn otherwise. */
const IN_COSTUME = /[\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f189}\u2460-\u24ff\u2100-\u214f]/u
const PRIVATE_NAME = /^(?:localhost|.*\.(?:localhost|local|internal|lan|home\.arpa))$/
/** Of addresses as a URL prints them; a name may begin with digits too. */
const PRIVATE_V4 = /^(?:(?:127|10)(?:\.\d+){3}|(?:192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d+){2}|0\.0\.0\.0)$/
const PRIVATE_V6 = /^\[(?:::1?|f[cd].*|fe[89ab].*)\]$/
/** As `cleanText` writes what it found. */
const ESCAPE = /\\u(?:[0-9a-f]{4}|\{[0-9a-f]+\})/

/** Of a name, as it is shown: what `cleanText` made of it. */
export function suspectName(name: string): readonly Suspicion[] {
  const words = name.split(/[^\p{L}\p{M}]+/u).filter((word) => word !== '')
  const found: Suspicion[] = []
  if (ESCAPE.test(name)) found.push('hidden-characters')
  if (words.some(isMixed)) found.push('mixed-scripts')
  if (words.some((word) => DRAWN_AS_LATIN.test(word)) || IN_COSTUME.test(name)) found.push('look-alike-letters')
  return found
}

/** Of an origin of a scope. */
export function suspectOrigin(origin: string): readonly Suspicion[] {
  const url = parseUrl(origin)
  if (url === undefined) return []
  const found: Suspicion[] = []
  if (/(?:^|\.)xn--/.test(url.hostname)) found.push('punycode')
  if ([PRIVATE_NAME, PRIVATE_V4, PRIVATE_V6].some((host) => host.test(url.hostname))) found.push('private-network')
  else if (url.protocol === 'http:') found.push('not-encrypted')
  return found
}

function isMixed(word: string): boolean {
  const scripts = SCRIPTS.filter((script) => script.test(word)).length
  return scripts > 1 || (scripts === 1 && HAN_LIKE.test(word) && !/\p{Script=Latin}|\p{Script=Hangul}/u.test(word))
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
