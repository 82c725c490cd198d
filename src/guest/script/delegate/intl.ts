/**
 * The worker's own Intl for the guest. Stateless: a formatter is named by its class, locales and options as text, and the last used are
 * kept by that name. Where the guest names no locale or no time zone, or a locale that the browser has no data for, the host's are put in:
 * the engine's own defaults would tell the user's.
 */
import { DelegateError, type BridgeValue, type Delegate, type DelegateContext } from '../bridge.ts'

type Region = DelegateContext['region']
type Fields = Readonly<Record<string, unknown>>
type Service = new (locales: readonly string[], options: Fields) => object

// Captured now: guests that break out must not swap them.
const { Intl } = globalThis
const { parse, stringify } = JSON
const NAMES = ['NumberFormat', 'DateTimeFormat', 'Collator', 'PluralRules', 'RelativeTimeFormat', 'ListFormat', 'DisplayNames', 'Segmenter'] as const
const SERVICES: ReadonlyMap<string, Service> = new Map(NAMES.flatMap((name) => {
  return name in Intl ? [[name, Intl[name] as unknown as Service]] : [] // all are constructors of (locales, options)
}))

/** Results that are no text or number. */
const AS_JSON: ReadonlySet<string> = new Set(['formatToParts', 'formatRangeToParts', 'resolvedOptions'])
const METHODS: ReadonlySet<string> = new Set([...AS_JSON, 'format', 'formatRange', 'select', 'selectRange', 'of', 'compare'])
const LOCALE_MEMBERS: ReadonlySet<string> = new Set([
  'baseName', 'calendar', 'caseFirst', 'collation', 'firstDayOfWeek', 'hourCycle', 'numeric', 'numberingSystem', 'language', 'script', 'region',
  'variants', 'getCalendars', 'getCollations', 'getHourCycles', 'getNumberingSystems', 'getTimeZones', 'getTextInfo', 'getWeekInfo',
  'maximize', 'minimize',
])
const LAST_RESORT = 'en-US'
const MAX_FORMATTERS = 64
/** Locales and options together; the longest honest ones are a tenth of it. */
const MAX_KEY = 8192
/** Of locales whose support is asked for. */
const MAX_LIST = 65_536
const MAX_DIGITS = 20_000
const MAX_TEXT = 2 ** 20
/** One crossing's; some engines copy all of it for every segment. */
const MAX_WINDOW = 65_536
/**
 * Combining marks in a row are put in order before texts are compared, in time that grows with their square: 200 000 hold a thread for
 * most of a minute, in a native loop that nothing ends. Text of any language has a few.
 */
const MANY_MARKS = /\p{M}{64}/u
const SHORT = 1024

/**
 * V8 keeps 70 KB for each locale that dates were formatted in, calendar and digits counted, until the page's process ends: what 25 seconds of
 * different ones take is a gigabyte. So a worker may have so many and no more.
 */
const MAX_DATE_LOCALES = 256

const formatters = new Map<string, object>()
const dateLocales = new Set<string>()

export const intlDelegate: Delegate = new Map([
  /** The user's language as the host tells it. */
  ['intl.locale', (_args, { region }): BridgeValue => region.locale],
  ['intl.open', ([type, key], { region }): BridgeValue => attempt(() => void formatterOf(type, key, region))],
  ['intl.run', ([type, key, method, ...args], { region }): BridgeValue => attempt(() => {
    if (typeof method !== 'string' || !METHODS.has(method)) throw malformed()
    const formatter = formatterOf(type, key, region)
    const run: unknown = Reflect.get(formatter, method)
    if (typeof run !== 'function') throw new TypeError(`This browser has no ${String(type)}.${method}`)
    const result: unknown = Reflect.apply(run, formatter, readArguments(type, args))
    return AS_JSON.has(method) ? stringify(result) : toResult(result)
  })],
  ['intl.segment', ([key, text], { region }): BridgeValue => attempt(() => {
    const segmenter = formatterOf('Segmenter', key, region)
    if (!(segmenter instanceof Intl.Segmenter)) throw malformed()
    const window = toText(text)
    if (window.length > MAX_WINDOW) throw new RangeError('The text is too long')
    return Array.from(segmenter.segment(window), codeSegment).join(' ')
  })],
  ['intl.case', ([method, locale, text]): BridgeValue => attempt(() => {
    return method === 'toLocaleUpperCase' ? toText(text).toLocaleUpperCase(toText(locale)) : toText(text).toLocaleLowerCase(toText(locale))
  })],
  ['intl.canonical', ([locales]): BridgeValue => attempt(() => stringify(Intl.getCanonicalLocales(toList(locales))))],
  ['intl.values', ([key]): BridgeValue => attempt(() => stringify(Intl.supportedValuesOf(toText(key) as 'unit')))], // it refuses other keys
  ['intl.supported', ([type, locales, localeMatcher]): BridgeValue => attempt(() => {
    const supportedLocalesOf: unknown = Reflect.get(serviceOf(type), 'supportedLocalesOf')
    if (typeof supportedLocalesOf !== 'function') throw malformed()
    return stringify(Reflect.apply(supportedLocalesOf, serviceOf(type), [toList(locales), localeMatcher === undefined ? {} : { localeMatcher }]))
  })],
  ['intl.locale.parse', ([tag, options]): BridgeValue => attempt(() => String(new Intl.Locale(toText(tag), toFields(parse(toText(options))))))],
  ['intl.locale.get', ([tag, member]): BridgeValue => attempt(() => {
    if (typeof member !== 'string' || !LOCALE_MEMBERS.has(member)) throw malformed()
    const locale = new Intl.Locale(toText(tag))
    const value: unknown = Reflect.get(locale, member)
    if (value === undefined && /^(?:get|m.n|max)/.test(member)) throw new TypeError(`This browser has no Intl.Locale.${member}`)
    const result: unknown = typeof value === 'function' ? Reflect.apply(value, locale, []) : value
    return result === undefined ? undefined : stringify(result instanceof Intl.Locale ? String(result) : result)
  })],
])

function formatterOf(type: BridgeValue, key: BridgeValue, region: Region): object {
  const text = toText(key)
  const name = `${String(type)} ${region.locale} ${region.timeZone} ${text}`
  const known = formatters.get(name)
  if (known !== undefined) return known
  if (text.length > MAX_KEY) throw new RangeError('These locales and options are too long')
  const parts: unknown = parse(text)
  const [locales, given]: readonly unknown[] = Array.isArray(parts) ? parts : []
  const options = toFields(given)
  const Constructor = serviceOf(type)
  if (type === 'DateTimeFormat') requireFewDates(locales, options)
  const inZone = type === 'DateTimeFormat' && options['timeZone'] === undefined ? { ...options, timeZone: region.timeZone } : options
  const formatter = new Constructor([...toTexts(locales), region.locale, LAST_RESORT], inZone)
  if (formatters.size >= MAX_FORMATTERS) for (const oldest of formatters.keys()) { formatters.delete(oldest); break }
  formatters.set(name, formatter)
  return formatter
}

function requireFewDates(locales: unknown, { calendar, numberingSystem, hourCycle, hour12 }: Fields): void {
  const kind = stringify([locales, calendar, numberingSystem, hourCycle, hour12])
  if (!dateLocales.has(kind) && dateLocales.size >= MAX_DATE_LOCALES) throw new RangeError(`Dates in at most ${MAX_DATE_LOCALES} locales, calendars and digits`)
  dateLocales.add(kind)
}

function serviceOf(type: BridgeValue): Service {
  const Constructor = typeof type === 'string' ? SERVICES.get(type) : undefined
  if (Constructor === undefined) throw new TypeError(`This browser has no Intl.${String(type)}`)
  return Constructor
}

function codeSegment({ segment, isWordLike }: Intl.SegmentData): string {
  return `${segment.length}${isWordLike === undefined ? '' : isWordLike ? 'w' : 'n'}`
}

/** The engines' own words, of the class that they chose. */
function attempt(run: () => BridgeValue): BridgeValue {
  try {
    return run()
  } catch (error) {
    throw new DelegateError(error instanceof RangeError ? 'RangeError' : 'TypeError', error instanceof Error ? error.message : 'Intl failed')
  }
}

/** Bounded, since what the engine does with them ends when it is done. */
function readArguments(type: BridgeValue, args: readonly BridgeValue[]): readonly unknown[] {
  const max = type === 'NumberFormat' || type === 'PluralRules' ? MAX_DIGITS : MAX_TEXT
  for (const arg of args) {
    if (typeof arg !== 'string') continue
    if (arg.length > max) throw new RangeError(`At most ${max} characters`)
    if (arg.length > SHORT && type === 'Collator' && MANY_MARKS.test(arg)) throw new RangeError('Too many combining marks in a row')
  }
  return type === 'ListFormat' && args.length > 0 ? [toTexts(parse(toText(args[0])))] : args
}

function toResult(value: unknown): BridgeValue {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

function toList(locales: BridgeValue): readonly string[] {
  const text = toText(locales)
  if (text.length > MAX_LIST) throw new RangeError('Too many locales')
  return toTexts(parse(text))
}

function toTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw malformed()
  return value
}

function toFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw malformed()
  return value as Fields // an object: reading any key is safe to type as unknown
}

function toText(value: BridgeValue): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function malformed(): TypeError {
  return new TypeError('Not the arguments of a method of Intl')
}
