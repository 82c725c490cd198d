/**
 * Versions (semver.org 2.0.0) and the ranges of links: exact (`1.2.3`), caret (`^1.2`) and tilde (`~1.2.3`). Numbers stay texts: an author may
 * write more digits than a number holds.
 */
const NUMBER = '(?:0|[1-9]\\d*)'
const PRE = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`
const SEMVER = new RegExp(`^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(-${PRE}(?:\\.${PRE})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`)
const RANGE = new RegExp(`^([~^])(${NUMBER})(?:\\.(${NUMBER})(?:\\.(${NUMBER}))?)?$`)
const MAX_VERSION = 128

interface Version {
  readonly numbers: readonly string[]
  /** With its dash; '' where there is none. */
  readonly pre: string
}

export function isVersion(text: string): boolean {
  return text.length <= MAX_VERSION && SEMVER.test(text)
}

export function isVersionRange(text: string): boolean {
  return text.length <= MAX_VERSION && (RANGE.test(text) || (SEMVER.test(text) && !text.includes('+')))
}

/** Caret and tilde take no pre-releases; what is no version, or no range, matches nothing. */
export function isInRange(version: string, range: string): boolean {
  const parsed = parseVersion(version)
  const [, sign, ...given] = RANGE.exec(range) ?? []
  if (parsed === undefined) return false
  if (sign === undefined) return isSame(parsed, parseVersion(range))
  const wanted = given.map((part) => part ?? '0')
  if (parsed.pre !== '' || compare(parsed.numbers, wanted) < 0) return false
  const fixed = sign === '~' ? (given[1] === undefined ? 1 : 2) : fixedOfCaret(given)
  return wanted.slice(0, fixed).every((part, index) => part === parsed.numbers[index])
}

/** Up to the first number that is not 0; of `^0`, `^0.0` all that is written. */
function fixedOfCaret(given: readonly (string | undefined)[]): number {
  const first = given.findIndex((part) => part !== undefined && part !== '0')
  return first < 0 ? given.filter((part) => part !== undefined).length : first + 1
}

function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, pre = ''] = text.length <= MAX_VERSION ? (SEMVER.exec(text) ?? []) : []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return { numbers: [major, minor, patch], pre }
}

/** Build metadata says nothing about precedence. */
function isSame(a: Version, b: Version | undefined): boolean {
  return b !== undefined && a.pre === b.pre && compare(a.numbers, b.numbers) === 0
}

/** Without leading zeros the longer number is the greater. */
function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? '0'
    if (part === other) continue
    return part.length === other.length ? (part < other ? -1 : 1) : part.length - other.length
  }
  return 0
}
