/**
 * What Intl's constructors read: locale lists and options, by the getters that the guest gave them, in the standard's order, into plain
 * JSON. Names come from the tables here, never from the guest; the worker's own Intl says whether the values make sense.
 * https://tc39.es/ecma402/
 */

export type ServiceName =
  | 'NumberFormat' | 'DateTimeFormat' | 'Collator' | 'PluralRules' | 'RelativeTimeFormat' | 'ListFormat' | 'DisplayNames' | 'Segmenter'

const DIGITS = `minimumIntegerDigits:number minimumFractionDigits:number maximumFractionDigits:number minimumSignificantDigits:number
 maximumSignificantDigits:number roundingIncrement:number roundingMode roundingPriority trailingZeroDisplay`

/** A text unless it says otherwise. */
export const OPTION_NAMES: Readonly<Record<ServiceName | 'Locale', string>> = {
  NumberFormat: `localeMatcher numberingSystem style currency currencyDisplay currencySign unit unitDisplay notation ${DIGITS} compactDisplay
 useGrouping:grouping signDisplay`,
  DateTimeFormat: `localeMatcher calendar numberingSystem hour12:flag hourCycle timeZone weekday era year month day dayPeriod hour minute second
 fractionalSecondDigits:number timeZoneName formatMatcher dateStyle timeStyle`,
  Collator: 'usage localeMatcher collation numeric:flag caseFirst sensitivity ignorePunctuation:flag',
  PluralRules: `localeMatcher type notation ${DIGITS}`,
  RelativeTimeFormat: 'localeMatcher numberingSystem style numeric',
  ListFormat: 'localeMatcher type style',
  DisplayNames: 'localeMatcher style type fallback languageDisplay',
  Segmenter: 'localeMatcher granularity',
  Locale: 'language script region variants calendar collation firstDayOfWeek hourCycle caseFirst numeric:flag numberingSystem',
}

/** These take an object or nothing; the others convert what they get. */
const STRICT: ReadonlySet<string> = new Set(['ListFormat', 'DisplayNames', 'Segmenter'])

export type Options = Record<string, unknown>

export function readOptions(type: ServiceName | 'Locale', given: unknown): Options {
  if (given === undefined) return {}
  if (given === null || (STRICT.has(type) && typeof given !== 'object' && typeof given !== 'function')) {
    throw new TypeError(`Intl.${type}: options must be an object`)
  }
  const source = Object(given) as Readonly<Record<string, unknown>> // an object: reading any key is safe to type as unknown
  const options: Options = {}
  for (const { name, kind } of namesOf(type)) {
    const value = source[name]
    if (value !== undefined) options[name] = convert(kind, value)
  }
  return options
}

interface OptionName {
  readonly name: string
  readonly kind: string | undefined
}

const parsed: Partial<Record<ServiceName | 'Locale', readonly OptionName[]>> = {}

/** Parsed when it is first asked for, then kept. */
function namesOf(type: ServiceName | 'Locale'): readonly OptionName[] {
  parsed[type] ??= OPTION_NAMES[type].split(/\s+/).map((entry) => {
    const [name = '', kind] = entry.split(':')
    return { name, kind }
  })
  return parsed[type]
}

function convert(kind: string | undefined, value: unknown): unknown {
  switch (kind) {
    case 'flag':
      return Boolean(value)
    case 'number':
      return `${+(value as number)}` // converts any value as the standard does; NaN and infinities are no JSON
    case 'grouping':
      return typeof value === 'boolean' ? value : Boolean(value) && text(value)
    default:
      return text(value)
  }
}

/** The tags of `locales`, not yet canonical. `tagOf`: of an Intl.Locale. */
export function readLocales(locales: unknown, tagOf: (value: unknown) => string | undefined): string[] {
  if (locales === undefined) return []
  const one = typeof locales === 'string' ? locales : tagOf(locales)
  if (one !== undefined) return [one]
  if (locales === null) throw new TypeError('A list of locales cannot be null')
  const source = Object(locales) as ArrayLike<unknown> // read by index as the standard does
  const length = Math.min(Math.max(Math.trunc(+source.length) || 0, 0), Number.MAX_SAFE_INTEGER)
  const tags: string[] = []
  for (let index = 0; index < length; index++) {
    if (!(index in source)) continue
    const tag = source[index]
    if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError('A locale must be a string or an object')
    tags.push(tagOf(tag) ?? text(tag))
  }
  return tags
}

const DATE = ['weekday', 'year', 'month', 'day']
const TIME = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits']
/** By method of Date: what makes the defaults unnecessary, the defaults, the style that is not for it. */
const DATE_DEFAULTS = {
  toLocaleString: { present: [...DATE, ...TIME], defaults: ['year', 'month', 'day', 'hour', 'minute', 'second'], refused: '' },
  toLocaleDateString: { present: DATE, defaults: ['year', 'month', 'day'], refused: 'timeStyle' },
  toLocaleTimeString: { present: TIME, defaults: ['hour', 'minute', 'second'], refused: 'dateStyle' },
}

/** Options of a DateTimeFormat that does what `method` of Date does. */
export function completeDateOptions(method: keyof typeof DATE_DEFAULTS, options: Options): Options {
  const { present, defaults, refused } = DATE_DEFAULTS[method]
  if (options[refused] !== undefined) throw new TypeError(`${method} takes no ${refused}`)
  if (options['dateStyle'] !== undefined || options['timeStyle'] !== undefined || present.some((name) => options[name] !== undefined)) return options
  for (const name of defaults) options[name] = 'numeric'
  return options
}

export function text(value: unknown): string {
  return `${value as string}` // converts any value, and refuses symbols
}
